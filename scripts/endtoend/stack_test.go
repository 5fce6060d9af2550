package endtoend

import (
	"crypto/rand"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// How each kind of resource of the template stands in the tests. A kind that is in none
// of these lists fails the test: whoever adds one says how it stands.

// inMoto are the kinds that moto's CloudFormation makes out of the template itself.
var inMoto = []string{
	"AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::KMS::Key", "AWS::KMS::Alias", "AWS::IAM::Role", "AWS::Logs::LogGroup",
	"AWS::CloudWatch::Dashboard",
}

// byCall are the kinds that are made from the transformed resource by a call of the
// service, for the reason that stands beside each.
var byCall = map[string]string{
	"AWS::DynamoDB::Table":        "it stands on DynamoDB Local: moto loses writes that come at once, and knows no tokens of transactions",
	"AWS::SecretsManager::Secret": "moto's CloudFormation does not know it",
	"AWS::SES::ConfigurationSet":  "moto's CloudFormation does not know it",
	"AWS::SES::EmailIdentity":     "moto's CloudFormation does not know it",
	"AWS::SNS::Subscription":      "moto's CloudFormation does not know it",
	"AWS::SES::ReceiptRuleSet":    "moto's CloudFormation does not know it",
	"AWS::SES::ReceiptRule":       "moto's CloudFormation does not know it",
}

// played are the kinds whose work the tests do themselves.
var played = map[string]string{
	"AWS::Lambda::Function":                      "a process under the Runtime API of these tests",
	"AWS::Lambda::EventSourceMapping":            "the pump reads it; moto wants Docker for it",
	"AWS::Lambda::EventInvokeConfig":             "the tests invoke, and look at the answer themselves",
	"AWS::Lambda::Permission":                    "who may invoke is not asked here",
	"AWS::Scheduler::Schedule":                   "the tests send its input; moto's schedules never ring",
	"AWS::SES::ConfigurationSetEventDestination": "the pump publishes the events of SES to its topic; moto knows none",
	"AWS::SQS::QueuePolicy":                      "moto does not ask it",
	"AWS::SNS::TopicPolicy":                      "moto does not ask it",
	"AWS::S3::BucketPolicy":                      "moto does not ask it",
	"AWS::CloudWatch::Alarm":                     "nothing here measures; the checks of the template look at alarms",
	"AWS::ApiGatewayV2::Api":                     "the tests send its payloads",
	"AWS::ApiGatewayV2::Stage":                   "the tests send its payloads",
	"AWS::ApiGatewayV2::Route":                   "the tests send its payloads",
	"AWS::ApiGatewayV2::Integration":             "the tests send its payloads",
	"AWS::ApiGatewayV2::Authorizer":              "the tests send its payloads",
	"AWS::Cognito::UserPool":                     "the tests bring an issuer of their own",
	"AWS::Cognito::UserPoolClient":               "the tests bring an issuer of their own",
	"AWS::Cognito::UserPoolDomain":               "the tests bring an issuer of their own",
	"AWS::Cognito::UserPoolGroup":                "the tests bring an issuer of their own",
}

// stack is the template as it stands.
type stack struct {
	name      string
	cloud     *cloud
	resources map[string]resource
	physical  map[string]string // what Ref gives, by name
	streams   map[string]string // ARN of the stream of a table, by name
}

// erect makes every resource of the template.
func erect(t *testing.T, c *cloud, name string, resources map[string]resource) *stack {
	t.Helper()
	s := &stack{name: name, cloud: c, resources: resources, physical: map[string]string{}, streams: map[string]string{}}
	for _, r := range s.inOrder() {
		_, called := byCall[r.Type]
		_, isPlayed := played[r.Type]
		require.True(t, called || isPlayed || slices.Contains(inMoto, r.Type), "%s: say in stack_test.go how a %s stands", r.Name, r.Type)
		switch r.Type {
		case "AWS::DynamoDB::Table":
			s.makeTable(t, r)
		case "AWS::SecretsManager::Secret":
			s.makeSecret(t, r)
		default:
			if !slices.Contains(inMoto, r.Type) {
				s.physical[r.Name] = s.synthetic(r)
			}
		}
	}
	s.form(t)
	for _, r := range s.inOrder() {
		switch r.Type {
		case "AWS::SNS::Subscription":
			s.subscribe(t, r)
		case "AWS::SES::ConfigurationSet":
			body, _ := json.Marshal(map[string]any{"ConfigurationSetName": s.physical[r.Name]})
			c.rest(t, "ses", "POST", "/v2/email/configuration-sets", body)
		case "AWS::SES::EmailIdentity":
			body, _ := json.Marshal(map[string]any{"EmailIdentity": s.physical[r.Name]})
			c.rest(t, "ses", "POST", "/v2/email/identities", body)
		}
	}
	return s
}

func (s *stack) inOrder() []resource {
	var list []resource
	for _, name := range slices.Sorted(maps.Keys(s.resources)) {
		list = append(list, s.resources[name])
	}
	return list
}

// of lists the resources of one kind.
func (s *stack) of(kind string) []resource {
	return slices.DeleteFunc(s.inOrder(), func(r resource) bool { return r.Type != kind })
}

// properties are the properties of a resource with every name resolved.
func (s *stack) properties(r resource) map[string]any {
	p, _ := settle(r.Properties, s.lookup).(map[string]any)
	return p
}

// synthetic names what is made by a call, or not at all.
func (s *stack) synthetic(r resource) string {
	own := strings.ToLower(s.name + "-" + r.Name)
	given := func(property string) string {
		if v, ok := settle(r.Properties[property], s.lookup).(string); ok && v != "" {
			return v
		}
		return own
	}
	switch r.Type {
	case "AWS::Lambda::Function":
		return given("FunctionName")
	case "AWS::SES::ConfigurationSet":
		return given("Name")
	case "AWS::SES::EmailIdentity":
		return given("EmailIdentity")
	case "AWS::SES::ReceiptRuleSet":
		return given("RuleSetName")
	case "AWS::Cognito::UserPool":
		return region + "_Endtoend1"
	case "AWS::Cognito::UserPoolDomain":
		return given("Domain")
	}
	return own
}

// lookup is Ref and Fn::GetAtt.
func (s *stack) lookup(r ref) any {
	id, kind := s.physical[r.Resource], s.resources[r.Resource].Type
	if r.Attribute == "" {
		return id
	}
	switch kind + "." + r.Attribute {
	case "AWS::S3::Bucket.Arn":
		return "arn:aws:s3:::" + id
	case "AWS::SQS::Queue.Arn":
		return arn("sqs", id[strings.LastIndex(id, "/")+1:])
	case "AWS::SQS::Queue.QueueName":
		return id[strings.LastIndex(id, "/")+1:]
	case "AWS::SQS::Queue.QueueUrl":
		return id
	case "AWS::SNS::Topic.TopicName":
		return id[strings.LastIndex(id, ":")+1:]
	case "AWS::SNS::Topic.TopicArn", "AWS::SecretsManager::Secret.Id":
		return id
	case "AWS::DynamoDB::Table.Arn":
		return arn("dynamodb", "table/"+id)
	case "AWS::DynamoDB::Table.StreamArn":
		return arn("dynamodb", "table/"+id+"/stream/1")
	case "AWS::KMS::Key.Arn":
		return arn("kms", "key/"+id)
	case "AWS::IAM::Role.Arn":
		return "arn:aws:iam::" + account + ":role/" + id
	case "AWS::Lambda::Function.Arn":
		return arn("lambda", "function:"+id)
	case "AWS::Logs::LogGroup.Arn":
		return arn("logs", "log-group:"+id+":*")
	case "AWS::Cognito::UserPool.Arn":
		return arn("cognito-idp", "userpool/"+id)
	case "AWS::Cognito::UserPool.ProviderURL":
		return "https://cognito-idp." + region + ".amazonaws.com/" + id
	case "AWS::ApiGatewayV2::Api.ApiEndpoint":
		return "https://" + id + ".execute-api." + region + ".amazonaws.com"
	}
	panic(fmt.Sprintf("the test does not know %s of a %s", r.Attribute, kind))
}

// form gives moto's CloudFormation what it can make and asks for the names it gave.
func (s *stack) form(t *testing.T) {
	t.Helper()
	out := map[string]any{}
	for _, r := range s.inOrder() {
		if !slices.Contains(inMoto, r.Type) {
			continue
		}
		// What is not in this template is resolved, the rest is left to CloudFormation.
		out[r.Name] = map[string]any{"Type": r.Type, "Properties": settle(r.Properties, func(to ref) any {
			switch {
			case !slices.Contains(inMoto, s.resources[to.Resource].Type):
				return s.lookup(to)
			case to.Attribute == "":
				return map[string]any{"Ref": to.Resource}
			}
			return map[string]any{"Fn::GetAtt": []any{to.Resource, to.Attribute}}
		})}
	}
	body, err := json.Marshal(map[string]any{"AWSTemplateFormatVersion": "2010-09-09", "Resources": out})
	require.NoError(t, err)
	s.cloud.query(t, "cloudformation", "CreateStack", "2010-05-15", values("StackName", s.name, "TemplateBody", string(body)))
	var made struct {
		Resources []struct {
			LogicalResourceId, PhysicalResourceId, ResourceStatus string
		} `xml:"DescribeStackResourcesResult>StackResources>member"`
	}
	answer := s.cloud.query(t, "cloudformation", "DescribeStackResources", "2010-05-15", values("StackName", s.name))
	require.NoError(t, xml.Unmarshal(answer, &made))
	for _, m := range made.Resources {
		require.Equal(t, "CREATE_COMPLETE", m.ResourceStatus, m.LogicalResourceId)
		s.physical[m.LogicalResourceId] = m.PhysicalResourceId
	}
	for name := range out {
		require.NotEmpty(t, s.physical[name], "moto made no %s", name)
	}
}

// makeTable makes the table on DynamoDB Local.
func (s *stack) makeTable(t *testing.T, r resource) {
	t.Helper()
	p := s.properties(r)
	name, ok := p["TableName"].(string)
	if !ok {
		name = s.name + "-" + r.Name
	}
	in := map[string]any{"TableName": name, "BillingMode": "PAY_PER_REQUEST"}
	for _, key := range []string{"AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "LocalSecondaryIndexes"} {
		if v, ok := p[key]; ok {
			in[key] = v
		}
	}
	if stream, ok := p["StreamSpecification"].(map[string]any); ok {
		in["StreamSpecification"] = map[string]any{"StreamEnabled": true, "StreamViewType": stream["StreamViewType"]}
	}
	var out struct {
		TableDescription struct{ LatestStreamArn string }
	}
	s.cloud.json(t, "dynamodb", "DynamoDB_20120810.CreateTable", in, &out)
	if ttl, ok := p["TimeToLiveSpecification"]; ok {
		s.cloud.json(t, "dynamodb", "DynamoDB_20120810.UpdateTimeToLive", map[string]any{"TableName": name, "TimeToLiveSpecification": ttl}, nil)
	}
	t.Cleanup(func() {
		_ = s.cloud.tryJSON("dynamodb", "DynamoDB_20120810.DeleteTable", map[string]any{"TableName": name}, nil) // it is in memory
	})
	s.physical[r.Name] = name
	s.streams[r.Name] = out.TableDescription.LatestStreamArn
}

// makeSecret makes a secret with a value as the template asks for.
func (s *stack) makeSecret(t *testing.T, r resource) {
	t.Helper()
	name, ok := settle(r.Properties["Name"], s.lookup).(string)
	if !ok {
		name = s.name + "-" + r.Name
	}
	value, ok := r.Properties["SecretString"].(string)
	if !ok {
		length := 32
		if g, ok := r.Properties["GenerateSecretString"].(map[string]any); ok && g["PasswordLength"] != nil {
			_, err := fmt.Sscan(fmt.Sprint(g["PasswordLength"]), &length)
			require.NoError(t, err)
		}
		value = strings.Repeat(rand.Text(), 1+length/20)[:length]
	}
	var out struct{ ARN string }
	s.cloud.json(t, "secretsmanager", "secretsmanager.CreateSecret", map[string]any{"Name": name, "SecretString": value}, &out)
	s.physical[r.Name] = out.ARN
}

// setSecret gives a secret another value, before any function read it.
func (s *stack) setSecret(t *testing.T, arn, value string) {
	t.Helper()
	s.cloud.json(t, "secretsmanager", "secretsmanager.PutSecretValue", map[string]any{"SecretId": arn, "SecretString": value}, nil)
}

// subscribe ties a queue to a topic.
func (s *stack) subscribe(t *testing.T, r resource) {
	t.Helper()
	p := s.properties(r)
	if p["Protocol"] != "sqs" {
		return // mail to a person about an alarm
	}
	params := url.Values{"TopicArn": {p["TopicArn"].(string)}, "Protocol": {"sqs"}, "Endpoint": {p["Endpoint"].(string)}}
	n := 0
	attribute := func(name string, value any) {
		if value == nil {
			return
		}
		text, ok := value.(string)
		if !ok {
			raw, err := json.Marshal(value)
			require.NoError(t, err)
			text = string(raw)
		}
		n++
		params.Set(fmt.Sprintf("Attributes.entry.%d.key", n), name)
		params.Set(fmt.Sprintf("Attributes.entry.%d.value", n), text)
	}
	attribute("RawMessageDelivery", p["RawMessageDelivery"])
	attribute("RedrivePolicy", p["RedrivePolicy"])
	s.cloud.query(t, "sns", "Subscribe", "2010-03-31", params)
}

// statements are what the role of a function allows.
func (s *stack) statements(t *testing.T, function resource) []map[string]any {
	t.Helper()
	role, ok := refOf(function.Properties["Role"])
	require.True(t, ok, "%s has no role of this template", function.Name)
	p := s.properties(s.resources[role.Resource])
	require.Empty(t, p["ManagedPolicyArns"], "%s: rights stand in the template, statement by statement", function.Name)
	var list []map[string]any
	policies, _ := p["Policies"].([]any)
	for _, policy := range policies {
		doc := policy.(map[string]any)["PolicyDocument"].(map[string]any)
		for _, statement := range asList(doc["Statement"]) {
			list = append(list, statement.(map[string]any))
		}
	}
	return list
}
