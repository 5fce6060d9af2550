package lambdaevents

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// HTTP serves requests of an HTTP API, payload format 2.0, with a plain handler. The
// stage must be $default, for the name of any other stands before every path. A panic of
// the handler is an error of the function, which the gateway answers with 500 and
// operations sees; its value is not repeated.
func HTTP(h http.Handler) func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	return func(ctx context.Context, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel() // as the server of net/http does, for what a handler may have started
		r, err := request(ctx, &e)
		if err != nil {
			return plainAnswer(http.StatusBadRequest, "This request cannot be understood: "+err.Error()+"."), nil
		}
		w := &answer{header: http.Header{}, head: r.Method == http.MethodHead}
		err = guarded(func() error { h.ServeHTTP(w, r); return nil })
		if err != nil {
			return events.APIGatewayV2HTTPResponse{}, fmt.Errorf("answer request %s: %w", e.RequestContext.RequestID, err)
		}
		return w.response(), nil
	}
}

// request makes of the event what a server would have read from the wire.
func request(ctx context.Context, e *events.APIGatewayV2HTTPRequest) (*http.Request, error) {
	about := &e.RequestContext
	body, err := requestBody(e)
	if err != nil {
		return nil, err
	}
	if about.HTTP.Method == "" {
		return nil, errors.New("it has no method")
	}
	u := location(e.RawPath, e.RawQueryString)
	r := &http.Request{
		Method: about.HTTP.Method, URL: u, RequestURI: u.RequestURI(),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
		RemoteAddr: net.JoinHostPort(about.HTTP.SourceIP, "0"),
	}
	for name, value := range e.Headers {
		r.Header.Set(name, value)
	}
	// The gateway has matched the domain; the header is what the browser says.
	if r.Host = about.DomainName; r.Host == "" {
		r.Host = r.Header.Get("Host")
	}
	r.Header.Del("Host") // a server keeps it out of Header
	if len(e.Cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(e.Cookies, "; "))
	}
	if a := about.Authorizer; a != nil && a.JWT != nil && a.JWT.Claims != nil {
		ctx = context.WithValue(ctx, claimsKey{}, a.JWT.Claims)
	}
	return r.WithContext(ctx), nil
}

// location keeps the path as it was written where it can be read so. The gateway has
// been seen to decode it, and then a percent sign is a percent sign.
func location(path, query string) *url.URL {
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	u := &url.URL{Path: path, RawQuery: query}
	if decoded, err := url.PathUnescape(path); err == nil {
		u.Path, u.RawPath = decoded, path
	}
	return u
}

func requestBody(e *events.APIGatewayV2HTTPRequest) ([]byte, error) {
	if !e.IsBase64Encoded {
		return []byte(e.Body), nil
	}
	body, err := base64.StdEncoding.DecodeString(e.Body)
	if err != nil { // the library's error is no secret, but nobody can act on it
		return nil, errors.New("its body is not in base64 as it says")
	}
	return body, nil
}
