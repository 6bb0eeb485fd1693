export { Radios } from "govuk-frontend"
