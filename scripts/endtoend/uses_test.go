package endtoend

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// use is one permission that IAM asks for before it lets a call through.
type use struct {
	Action   string
	Resource string              // ARN
	Context  map[string][]string // the condition keys of the call that our statements may name
}

func arn(service, resource string) string {
	return "arn:aws:" + service + ":" + region + ":" + account + ":" + resource
}

// usesOf says what IAM would ask for. A call it does not know is a use that no statement
// allows, so that nothing new slips through.
func usesOf(service, operation string, r *http.Request, body []byte) []use {
	var uses []use
	switch service {
	case "dynamodb":
		uses = usesOfTable(operation, body)
	case "sqs":
		var in struct{ QueueUrl string }
		_ = json.Unmarshal(body, &in) // what does not decode names no queue, and none is allowed
		uses = []use{{Action: "sqs:" + strings.TrimSuffix(operation, "Batch"), Resource: arn("sqs", in.QueueUrl[strings.LastIndex(in.QueueUrl, "/")+1:])}}
	case "secretsmanager":
		var in struct{ SecretId string }
		_ = json.Unmarshal(body, &in)
		uses = []use{{Action: "secretsmanager:" + operation, Resource: in.SecretId}}
	case "s3":
		uses = usesOfBucket(r)
	case "ses":
		uses = usesOfMail(operation, body)
	}
	if len(uses) == 0 {
		return []use{{Action: service + ":" + operation, Resource: "unknown to this test"}}
	}
	return uses
}

// usesOfTable: a transaction is allowed action by action, a query by its index.
func usesOfTable(operation string, body []byte) []use {
	type named struct{ TableName string }
	var in struct {
		TableName     string
		IndexName     string
		TransactItems []map[string]json.RawMessage
		RequestItems  map[string]json.RawMessage
	}
	_ = json.Unmarshal(body, &in)
	table := func(name string) string { return arn("dynamodb", "table/"+name) }
	var uses []use
	switch operation {
	case "TransactWriteItems", "TransactGetItems":
		actions := map[string]string{
			"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem", "Get": "GetItem",
		}
		for _, item := range in.TransactItems {
			for kind, content := range item {
				var n named
				_ = json.Unmarshal(content, &n)
				uses = append(uses, use{Action: "dynamodb:" + actions[kind], Resource: table(n.TableName)})
			}
		}
	case "BatchGetItem", "BatchWriteItem":
		for name := range in.RequestItems {
			uses = append(uses, use{Action: "dynamodb:" + operation, Resource: table(name)})
		}
	default:
		resource := table(in.TableName)
		if in.IndexName != "" {
			resource += "/index/" + in.IndexName
		}
		uses = append(uses, use{Action: "dynamodb:" + operation, Resource: resource})
	}
	return uses
}

// usesOfBucket reads paths as /bucket/key. To list is asked of the bucket.
func usesOfBucket(r *http.Request) []use {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if key == "" {
		if r.Method != http.MethodGet {
			return nil
		}
		return []use{{Action: "s3:ListBucket", Resource: "arn:aws:s3:::" + bucket, Context: map[string][]string{"s3:prefix": {r.URL.Query().Get("prefix")}}}}
	}
	key, _ = url.PathUnescape(key)
	action := map[string]string{
		http.MethodGet: "s3:GetObject", http.MethodHead: "s3:GetObject", http.MethodPut: "s3:PutObject", http.MethodDelete: "s3:DeleteObject",
	}[r.Method]
	return []use{{Action: action, Resource: "arn:aws:s3:::" + bucket + "/" + key}}
}

// listing is what S3 asks for besides where an object is missing: who may not list the
// bucket is told that access is denied.
func listing(object use) use {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(object.Resource, "arn:aws:s3:::"), "/")
	return use{Action: "s3:ListBucket", Resource: "arn:aws:s3:::" + bucket, Context: map[string][]string{"s3:prefix": {key}}}
}

// usesOfMail: SendEmail asks for the identity of the sender and for the configuration
// set. For raw mail the second version of the API is documented as ses:SendEmail and
// refused without ses:SendRawEmail, as many have reported; so both have to be there. The
// identity is the address or its domain, whichever the company had verified.
func usesOfMail(operation string, body []byte) []use {
	if operation != "POST /v2/email/outbound-emails" {
		return nil
	}
	var in struct {
		FromEmailAddress     string
		ConfigurationSetName string
		Destination          struct{ ToAddresses, CcAddresses, BccAddresses []string }
		Content              struct{ Raw *struct{} }
	}
	_ = json.Unmarshal(body, &in)
	from := strings.ToLower(in.FromEmailAddress)
	if _, address, ok := strings.Cut(from, "<"); ok {
		from = strings.TrimSuffix(address, ">")
	}
	actions := []string{"ses:SendEmail"}
	if in.Content.Raw != nil {
		actions = append(actions, "ses:SendRawEmail")
	}
	var uses []use
	for _, action := range actions {
		context := map[string][]string{
			"ses:FromAddress": {from}, "ses:Recipients": slices.Concat(in.Destination.ToAddresses, in.Destination.CcAddresses, in.Destination.BccAddresses),
		}
		for _, identity := range []string{from, from[strings.Index(from, "@")+1:]} {
			uses = append(uses, use{Action: action, Resource: arn("ses", "identity/"+identity), Context: context})
		}
		if in.ConfigurationSetName != "" {
			uses = append(uses, use{Action: action, Resource: arn("ses", "configuration-set/"+in.ConfigurationSetName), Context: context})
		}
	}
	return uses
}
