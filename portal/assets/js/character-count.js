export { CharacterCount } from "govuk-frontend/dist/govuk/components/character-count/character-count.mjs"
