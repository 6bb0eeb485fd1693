export { Radios } from "govuk-frontend/dist/govuk/components/radios/radios.mjs"
