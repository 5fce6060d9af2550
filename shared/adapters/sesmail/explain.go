package sesmail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"rightsmail/shared/replies"
)

// refusals are the codes that mean this mail, and not the moment.
var refusals = map[string]bool{"MessageRejected": true, "BadRequestException": true, "ValidationException": true}

// advice says what to do about a code of SES.
var advice = map[string]string{
	"MessageRejected":                    "SES does not take its content, or the account is in the sandbox and an address is not verified",
	"BadRequestException":                "SES does not take an address or the content",
	"ValidationException":                "SES does not take an address or the content",
	"AccountSuspendedException":          "the account may not send: see its SES console",
	"SendingPausedException":             "sending is paused: see the SES console of the account and of the configuration set",
	"MailFromDomainNotVerifiedException": "verify the MAIL FROM domain in SES",
	"NotFoundException":                  "there is no such configuration set or identity: check RIGHTSMAIL_CONFIGURATION_SET and the domain of RIGHTSMAIL_FROM",
	"TooManyRequestsException":           "over the sending rate of the account",
	"LimitExceededException":             "over the sending quota of the account",
	"AccessDeniedException":              "the role needs ses:SendEmail on the identity and the configuration set",
}

// codePattern is what a code of AWS looks like; any other word is not repeated.
var codePattern = regexp.MustCompile(`^[A-Za-z]{1,60}$`)

// explain makes an error of our own words. The one of the SDK is not wrapped: its text
// holds what SES said, with the addresses of people in it.
func explain(ctx context.Context, id string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("send mail %s: %w", id, ctx.Err())
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		return answered(id, api.ErrorCode(), err)
	}
	var unsent *smithyhttp.RequestSendError
	if errors.As(err, &unsent) {
		return fmt.Errorf("send mail %s: SES could not be reached%s", id, network(err))
	}
	return fmt.Errorf("send mail %s: SES gave an answer that could not be read, it may have the mail", id)
}

// network adds what our own side knows about a lost connection. Any other error of the
// transport may repeat what came over it.
func network(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return ": " + op.Error()
	}
	return ""
}

// answered is explain where SES said no.
func answered(id, code string, err error) error {
	if !codePattern.MatchString(code) {
		code = "an unknown error"
	}
	status, request := 0, ""
	var answer *smithyhttp.ResponseError
	if errors.As(err, &answer) && answer.HTTPResponse() != nil {
		status, request = answer.HTTPStatusCode(), answer.HTTPResponse().Header.Get("X-Amzn-Requestid")
	}
	said := fmt.Sprintf("mail %s: SES answered %s (HTTP %d, request %.64q)", id, code, status, request)
	if what, ok := advice[code]; ok {
		said += ": " + what
	}
	if refusals[code] || status == http.StatusRequestEntityTooLarge {
		return fmt.Errorf("%w: %s", replies.ErrRefused, said)
	}
	return errors.New("send " + said)
}
