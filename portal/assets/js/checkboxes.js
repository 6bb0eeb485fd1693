export { Checkboxes } from "govuk-frontend/dist/govuk/components/checkboxes/checkboxes.mjs"
