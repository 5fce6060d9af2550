package stack

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatIsKeptAboutPeopleOutlivesTheStack(t *testing.T) {
	f := flat(t)
	retained := []string{"DataKey", "DataTable", "DataRawMail", "DataRawMailPolicy", "DataIdentity", "ConsoleUsers"}
	for _, id := range retained {
		require.Contains(t, f.resources, id)
		assert.Equal(t, "Retain", f.resources[id].DeletionPolicy, id)
		assert.Equal(t, "Retain", f.resources[id].UpdateReplacePolicy, id)
	}
	for _, kind := range []string{"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key", "AWS::Cognito::UserPool"} {
		for _, r := range f.of(kind) {
			assert.Contains(t, retained, r.ID)
		}
	}
}

func TestTheTableIsProtected(t *testing.T) {
	table := flat(t).resources["DataTable"]
	assert.Equal(t, "true", table.text("DeletionProtectionEnabled"))
	assert.Equal(t, "true", table.text("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"))
	assert.Equal(t, "<DataKey.Arn>", table.text("SSESpecification", "KMSMasterKeyId"))
	assert.Equal(t, "PAY_PER_REQUEST", table.text("BillingMode"))
	assert.Equal(t, "true", table.text("TimeToLiveSpecification", "Enabled"))
}

func TestRawMailIsEncryptedByTheBucketAndSeenByNobodyElse(t *testing.T) {
	f := flat(t, dressed...)
	b := f.resources["DataRawMail"]
	rules := b.at("BucketEncryption", "ServerSideEncryptionConfiguration").([]any)
	require.Len(t, rules, 1)
	assert.JSONEq(t, `{"BucketKeyEnabled":true,"ServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":{"Fn::GetAtt":["DataKey","Arn"]}}}`, show(rules[0]))
	for _, way := range slices.Sorted(maps.Keys(b.at("PublicAccessBlockConfiguration").(map[string]any))) {
		assert.Equal(t, "true", b.text("PublicAccessBlockConfiguration", way))
	}
	assert.Len(t, b.at("PublicAccessBlockConfiguration"), 4)
	assert.Equal(t, "Enabled", b.text("VersioningConfiguration", "Status"))
	lifecycle := list(b.at("LifecycleConfiguration", "Rules"))[0].(map[string]any)
	assert.Equal(t, "400", show(lifecycle["ExpirationInDays"]))
	assert.Equal(t, "Enabled", show(lifecycle["Status"]))
	prefix := f.functions()["intake"].text("Environment", "Variables", "RIGHTSMAIL_PREFIX")
	assert.Equal(t, prefix, show(lifecycle["Prefix"]))
}

func TestTheReceiptRuleStoresEveryMailOfBothAddressesWhereIntakeLooks(t *testing.T) {
	f := flat(t)
	rule := f.of("AWS::SES::ReceiptRule")[0]
	assert.JSONEq(t, `["support@example.com","privacy@example.com"]`, rule.text("Rule", "Recipients"))
	assert.Equal(t, "true", rule.text("Rule", "ScanEnabled"))
	assert.Equal(t, "Optional", rule.text("Rule", "TlsPolicy"))
	action := list(rule.at("Rule", "Actions"))[0].(map[string]any)["S3Action"].(map[string]any)
	intake := f.functions()["intake"]
	assert.Equal(t, intake.text("Environment", "Variables", "RIGHTSMAIL_PREFIX"), show(action["ObjectKeyPrefix"]))
	assert.Equal(t, intake.text("Environment", "Variables", "RIGHTSMAIL_BUCKET"), show(action["BucketName"]))
	assert.NotContains(t, action, "KmsKeyArn", "SES would encrypt on its own side")
	assert.Equal(t, "<MailInboundRole.Arn>", show(action["IamRoleArn"]))

	topic := refers(action["TopicArn"])
	for _, s := range f.of("AWS::SNS::Subscription") {
		assert.Equal(t, "true", s.text("RawMessageDelivery"), s.ID)
		assert.NotEmpty(t, s.text("RedrivePolicy", "deadLetterTargetArn"), s.ID)
		if refers(s.at("TopicArn")) == topic {
			assert.Equal(t, "<QueuesIntakeQueue.Arn>", s.text("Endpoint"))
			topic = ""
		}
	}
	assert.Empty(t, topic, "nobody hears of new mail")
}

func TestTheRuleJoinsTheActiveSetUnlessItGetsItsOwn(t *testing.T) {
	f := flat(t)
	assert.Equal(t, "default-rule-set", f.of("AWS::SES::ReceiptRule")[0].text("RuleSetName"))
	assert.Empty(t, f.of("AWS::SES::ReceiptRuleSet"))
	assert.Contains(t, show(f.resources["MailInboundRole"].at("AssumeRolePolicyDocument")), "receipt-rule-set/default-rule-set:receipt-rule/rightsmail-inbound")
	assert.NotContains(t, show(f.outputs["Step3ActivateRuleSet"]), "set-active")

	f = flat(t, dressed...)
	assert.Equal(t, "<MailRuleSet>", f.of("AWS::SES::ReceiptRule")[0].text("RuleSetName"))
	assert.Equal(t, "second", f.of("AWS::SES::ReceiptRuleSet")[0].text("RuleSetName"))
	assert.Contains(t, show(f.resources["MailInboundRole"].at("AssumeRolePolicyDocument")), "receipt-rule-set/second:receipt-rule/second-inbound")
	assert.Contains(t, show(f.outputs["Step3ActivateRuleSet"]), "set-active-receipt-rule-set")
}

// No resource may activate a rule set: that would switch off another one.
func TestNothingActivatesARuleSetByItself(t *testing.T) {
	for _, s := range statements(t, flat(t, dressed...)) {
		for _, a := range list(s.body["Action"]) {
			assert.NotEqual(t, "ses:SetActiveReceiptRuleSet", show(a))
		}
	}
	assert.Empty(t, flat(t, dressed...).of("AWS::CloudFormation::CustomResource"))
}

func TestLettersAreReportedAndNotWatched(t *testing.T) {
	f := flat(t)
	d := f.of("AWS::SES::ConfigurationSetEventDestination")[0]
	assert.JSONEq(t, `["send","reject","bounce","complaint","delivery","deliveryDelay"]`, d.text("EventDestination", "MatchingEventTypes"))
	assert.Equal(t, "<MailFeedback>", d.text("EventDestination", "SnsDestination", "TopicARN"))
	set := f.resources["MailOutgoing"]
	assert.Equal(t, "DISABLED", set.text("VdmOptions", "DashboardOptions", "EngagementMetrics"))
	assert.Equal(t, f.functions()["reply"].text("Environment", "Variables", "RIGHTSMAIL_CONFIGURATION_SET"), "<"+set.ID+">")
	for name, to := range map[string]string{"reply": "", "forward": "desk@example.net"} {
		for _, s := range statements(t, f) {
			if s.sid != "SendMail" || s.owner.Metadata.Path != map[string]string{"reply": "Functions/ReplyRole", "forward": "Functions/ForwardRole"}[name] {
				continue
			}
			condition := s.body["Condition"].(map[string]any)
			assert.JSONEq(t, `{"ses:FromAddress":"privacy@example.com"}`, show(condition["StringEquals"]))
			if to != "" {
				assert.JSONEq(t, `{"ses:Recipients":"desk@example.net"}`, show(condition["ForAllValues:StringEquals"]))
			}
		}
	}
}

// After a restore another table takes the place of ours, with the same functions.
func TestARestoredTableTakesThePlaceOfOurs(t *testing.T) {
	f := flat(t, dressed...)
	for name, function := range f.functions() {
		assert.Equal(t, "restored", function.text("Environment", "Variables", "RIGHTSMAIL_TABLE"), name)
	}
	found := 0
	for _, m := range f.of("AWS::Lambda::EventSourceMapping") {
		if strings.Contains(m.text("EventSourceArn"), "table/restored/stream/") {
			found++
		}
	}
	assert.Equal(t, 1, found)
	for _, s := range statements(t, f) {
		assert.NotContains(t, show(s.body["Resource"]), "<DataTable", s.name())
	}
	assert.Contains(t, f.resources, "DataTable", "the old one stays")
}
