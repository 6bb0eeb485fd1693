"""An invented provider, so that people see what an answer looks like before they type."""

# The form's fields as they would be typed: case A of the tests, with one share left blank.
EXAMPLE = {
    "view": "provider",
    "area": "Exampleton",
    "how": "guided",
    "income": "500,000",
    "staff_amount": "300,000",
    "staff_local": "80",
    "staff_again": "35",
    "supplier_amount": "120,000",
    "supplier_local": "50",
    "supplier_again": "",
    "premises_amount": "40,000",
    "premises_local": "100",
    "premises_again": "30",
    "tax_amount": "20,000",
    "tax_local": "0",
    "surplus_amount": "20,000",
}
