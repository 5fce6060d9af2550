package endtoend

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNestedTemplatesBecomeOneListOfResources(t *testing.T) {
	files := map[string]string{
		"root.yaml": `{"Parameters":{"Name":{"Default":"x"},"Own":{"Default":"false"}},
			"Conditions":{"Owned":{"Fn::Equals":[{"Ref":"Own"},"true"]},"Foreign":{"Fn::Not":[{"Condition":"Owned"}]}},
			"Resources":{
			 "B":{"Type":"AWS::CloudFormation::Stack","Properties":{"TemplateURL":"infra/b.yaml","Parameters":{"Queue":{"Fn::GetAtt":["C","Outputs.Queue"]}}}},
			 "C":{"Type":"AWS::CloudFormation::Stack","Properties":{"TemplateURL":"infra/c.yaml"}},
			 "Set":{"Type":"AWS::SES::ReceiptRuleSet","Condition":"Owned"},
			 "Topic":{"Type":"AWS::SNS::Topic","Condition":"Foreign","Properties":{"TopicName":{"Fn::Sub":"${Name}-${AWS::Region}"},"Nothing":{"Ref":"AWS::NoValue"}}}}}`,
		"infra/b.yaml": `{"Parameters":{"Queue":{}},"Resources":{"F":{"Type":"F","Properties":{"Url":{"Fn::Select":["1",{"Fn::Split":["/",{"Ref":"Queue"}]}]},
			"Text":{"Fn::Sub":["${a}:${!Literal}",{"a":{"Ref":"Queue"}}]}}}}}`,
		"infra/c.yaml": `{"Resources":{"Q":{"Type":"Q"}},"Outputs":{"Queue":{"Value":{"Ref":"Q"}}}}`,
	}
	load := func(file string) (document, error) {
		var d document
		return d, json.Unmarshal([]byte(files[file]), &d)
	}
	all, err := flatten("rightsmail", load, "root.yaml", map[string]any{"Name": "y"})
	require.NoError(t, err)
	require.Len(t, all, 3)
	assert.Equal(t, map[string]any{"TopicName": "y-us-east-1"}, all["Topic"].Properties)

	f := settle(all["B.F"].Properties, func(r ref) any {
		assert.Equal(t, ref{"C.Q", ""}, r)
		return "http/queue"
	})
	assert.Equal(t, map[string]any{"Url": "queue", "Text": "http/queue:${Literal}"}, f)
	assert.Equal(t, map[string]any{"Fn::Select": []any{"1", map[string]any{"Fn::Split": []any{"/", map[string]any{"Ref": "CQ"}}}}},
		formation(all["B.F"].Properties).(map[string]any)["Url"])
}
