package secrets

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/smithy-go"

	"rightsmail/shared/config"
)

// patience is how long all attempts together may take.
const patience = 5 * time.Second

// Value returns the value of the secret with an ARN, as it is stored: a text, or bytes
// that the caller takes out with []byte(v).
func Value(ctx context.Context, cfg aws.Config, arn string) (config.Secret, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out, err := secretsmanager.NewFromConfig(cfg).GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &arn})
	if err != nil {
		return "", fmt.Errorf("read secret %s: %s%w", arn, advice(err), err)
	}
	value := aws.ToString(out.SecretString)
	if out.SecretString == nil {
		value = string(out.SecretBinary)
	}
	if strings.TrimSpace(value) == "" {
		return "", fmt.Errorf("read secret %s: it is empty, store a value in it", arn)
	}
	return config.Secret(value), nil
}

// advice says what to do about an answer of Secrets Manager.
func advice(err error) string {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return ""
	}
	switch api.ErrorCode() {
	case "ResourceNotFoundException":
		return "there is none, or it has no value yet: "
	case "AccessDeniedException":
		return "the role needs secretsmanager:GetSecretValue on it: "
	case "DecryptionFailure":
		return "the role needs kms:Decrypt on its key: "
	}
	return ""
}
