export { Checkboxes } from "govuk-frontend"
