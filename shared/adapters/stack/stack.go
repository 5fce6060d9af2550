package stack

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/smithy-go"
)

// functions is the part of the template that nests the functions; its outputs are their
// names, by what they are called in functions/, with a capital letter.
const functions = "Functions"

// Outputs returns the outputs of a stack by their keys.
func Outputs(ctx context.Context, cfg aws.Config, name string) (map[string]string, error) {
	out, err := cloudformation.NewFromConfig(cfg).DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	if err != nil {
		return nil, fmt.Errorf("read stack %s: %s%w", name, advice(err), err)
	}
	if len(out.Stacks) != 1 {
		return nil, fmt.Errorf("read stack %s: there is none in this Region", name)
	}
	values := map[string]string{}
	for _, o := range out.Stacks[0].Outputs {
		values[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
	}
	return values, nil
}

// Variables returns the environment of a function, by what the outputs of the part with
// the functions call it: "Intake".
func Variables(ctx context.Context, cfg aws.Config, name, function string) (map[string]string, error) {
	part := functions
	found, err := cloudformation.NewFromConfig(cfg).DescribeStackResource(ctx, &cloudformation.DescribeStackResourceInput{StackName: &name, LogicalResourceId: &part})
	if err != nil {
		return nil, fmt.Errorf("find the functions of stack %s: %s%w", name, advice(err), err)
	}
	nested := aws.ToString(found.StackResourceDetail.PhysicalResourceId)
	outputs, err := Outputs(ctx, cfg, nested)
	if err != nil {
		return nil, err
	}
	physical, ok := outputs[function]
	if !ok {
		return nil, fmt.Errorf("find function %s in stack %s: it has no such output; deploy the version that this program is of", function, nested)
	}
	conf, err := lambda.NewFromConfig(cfg).GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &physical})
	if err != nil {
		return nil, fmt.Errorf("read settings of function %s: %s%w", physical, advice(err), err)
	}
	if conf.Environment == nil || len(conf.Environment.Variables) == 0 {
		return nil, fmt.Errorf("read settings of function %s: it has none, or you may not decrypt them", physical)
	}
	return conf.Environment.Variables, nil
}

// advice says what to do about an answer of AWS.
func advice(err error) string {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return ""
	}
	switch api.ErrorCode() {
	case "ValidationError", "ResourceNotFoundException":
		return "look whether the name and the Region are right: "
	case "AccessDenied", "AccessDeniedException":
		return "you may not read it, ask for cloudformation:DescribeStacks, cloudformation:DescribeStackResource and lambda:GetFunctionConfiguration: "
	}
	return ""
}
