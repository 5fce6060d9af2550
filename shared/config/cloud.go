package config

// The groups below are what a function on AWS may need besides Settings. Each function
// embeds the groups it needs in one struct and reads that with Read, so that its
// source says which variables it has, and a test holds the template to it.

// Table is where cases are kept.
type Table struct {
	TableName string `env:"RIGHTSMAIL_TABLE" kind:"name" required:"true" help:"name of the DynamoDB table"`
}

// Archive is where raw mail is kept.
type Archive struct {
	Bucket string `env:"RIGHTSMAIL_BUCKET" kind:"name" required:"true" help:"name of the S3 bucket of raw mail"`
	Prefix string `env:"RIGHTSMAIL_PREFIX" default:"raw/" help:"beginning of the keys of raw mail; SES writes them as prefix and message id"`
}

// Identity is the secret behind the hashes that stand for people.
type Identity struct {
	IdentitySecret string `env:"RIGHTSMAIL_IDENTITY_SECRET" required:"true" help:"ARN of the secret that holds the key of the hashes that stand for people; never change its value, or earlier requests are forgotten"`
}

// HandOffs are the queues of the categories.
type HandOffs struct {
	Queues map[string]string `env:"RIGHTSMAIL_QUEUES" kind:"urls" required:"true" help:"URL of the SQS queue of each category, as ccpa=https://... separated by commas"`
}

// Jobs are the queues of the functions that do what the outbox asks for.
type Jobs struct {
	ReplyQueue    string `env:"RIGHTSMAIL_REPLY_QUEUE" kind:"url" required:"true" help:"URL of the queue of letters to send"`
	ForwardQueue  string `env:"RIGHTSMAIL_FORWARD_QUEUE" kind:"url" required:"true" help:"URL of the queue of mail to pass on"`
	ClassifyQueue string `env:"RIGHTSMAIL_CLASSIFY_QUEUE" kind:"url" required:"true" help:"URL of the queue of mail for the model to read"`
}

// Outgoing is how mail leaves.
type Outgoing struct {
	ConfigurationSet string `env:"RIGHTSMAIL_CONFIGURATION_SET" kind:"name" required:"true" help:"name of the SES configuration set, whose events say what became of a letter"`
}

// Helpdesk is where ordinary mail goes.
type Helpdesk struct {
	ForwardFrom     string `env:"RIGHTSMAIL_FROM" default:"privacy@example.com" kind:"address" help:"address our letters come from; mail to it must be read, for people answer"`
	HelpdeskAddress string `env:"RIGHTSMAIL_HELPDESK" kind:"address" required:"true" help:"address of the help desk, which gets ordinary mail; none of the addresses that are read"`
}

// Consulting says whether a model is asked about mail that the rules cannot decide.
type Consulting struct {
	ModelName string `env:"RIGHTSMAIL_MODEL" default:"" help:"name of the language model that is asked about mail the rules cannot decide; empty: none is asked, people decide"`
}

// Model is the language model that is asked, and how much it may be asked. The prices
// are those of a middling model; put in those of yours, or 0 for a server of your own.
type Model struct {
	Consulting
	ModelURL    string `env:"RIGHTSMAIL_MODEL_URL" default:"https://api.openai.com/v1" kind:"url" help:"address of an OpenAI-compatible server, up to and with /v1"`
	ModelFormat string `env:"RIGHTSMAIL_MODEL_FORMAT" default:"json_schema" kind:"format" help:"how the schema of the answer is sent: json_schema as OpenAI has it, json_object for servers that take the schema beside it (llama-cpp-python)"`
	ModelTokens int    `env:"RIGHTSMAIL_MODEL_TOKENS_PER_HOUR" default:"200000" kind:"tokens" help:"tokens that may be used in one hour, 20000 to 1000000000; what is over waits for the next hour"`
	ModelCents  int    `env:"RIGHTSMAIL_MODEL_CENTS_PER_HOUR" default:"100" kind:"cents" help:"money that may be spent in one hour, in cents by the two prices, 1 to 1000000"`
	InputCents  int    `env:"RIGHTSMAIL_MODEL_INPUT_CENTS" default:"100" kind:"price" help:"price of a million tokens of the question, in cents, 0 to 1000000"`
	OutputCents int    `env:"RIGHTSMAIL_MODEL_OUTPUT_CENTS" default:"400" kind:"price" help:"price of a million tokens of the answer, in cents, 0 to 1000000"`
}

// ModelAccess is the key for the server of the model, on AWS.
type ModelAccess struct {
	ModelSecret string `env:"RIGHTSMAIL_MODEL_SECRET" default:"" help:"ARN of the secret that holds the key for that server; empty: the server needs none"`
}

// SignIn is how people sign in to the console: any OpenID Connect issuer.
type SignIn struct {
	Issuer        string `env:"RIGHTSMAIL_ISSUER" kind:"url" required:"true" help:"address of the OpenID Connect issuer, as its discovery document writes it"`
	ClientID      string `env:"RIGHTSMAIL_CLIENT_ID" kind:"name" required:"true" help:"client id of the console with that issuer"`
	ConsoleURL    string `env:"RIGHTSMAIL_CONSOLE_URL" kind:"url" required:"true" help:"address of the console as a browser sees it, without a path"`
	GroupsClaim   string `env:"RIGHTSMAIL_GROUPS_CLAIM" default:"cognito:groups" help:"claim that lists the groups of a person: triager, officer, auditor, operator"`
	SignOutURL    string `env:"RIGHTSMAIL_SIGN_OUT_URL" default:"" kind:"url" help:"address that ends the session with the issuer; empty: only the session of the console ends"`
	SessionSecret string `env:"RIGHTSMAIL_SESSION_SECRET" required:"true" help:"ARN of the secret that session cookies are encrypted with; changing it signs everybody out"`
}
