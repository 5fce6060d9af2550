package email

// amazonSES is the authserv-id of the mail server that is believed by default.
const amazonSES = "amazonses.com"
