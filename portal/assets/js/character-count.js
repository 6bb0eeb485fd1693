export { CharacterCount } from "govuk-frontend"
