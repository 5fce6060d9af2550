package lambdaevents

import (
	"context"
	"encoding/json"
	"maps"
	"strings"
)

type claimsKey struct{}

// Claims are what the token of a request says, if the JWT authorizer of the gateway has
// verified one. They tell who somebody is, not what they may do. The caller owns the map.
func Claims(ctx context.Context) (claims map[string]string, ok bool) {
	claims, ok = ctx.Value(claimsKey{}).(map[string]string)
	return maps.Clone(claims), ok
}

// Groups reads a claim that lists groups. The gateway writes an array in Go's own form,
// "[dpo admin]"; others write "dpo,admin" or JSON. A name is taken whole and compared
// exactly by the caller: "data officer" without brackets is one group, not two, for a
// word of a group's name must not make anybody an officer. Names with a space cannot be
// told apart in the gateway's form; do not give a group one.
func Groups(claim string) []string {
	claim = strings.TrimSpace(claim)
	var list []string
	if json.Unmarshal([]byte(claim), &list) == nil {
		return nonEmpty(list)
	}
	if inner, ok := strings.CutPrefix(claim, "["); ok {
		if inner, ok = strings.CutSuffix(inner, "]"); ok {
			return strings.Fields(inner)
		}
	}
	return nonEmpty(strings.Split(claim, ","))
}

func nonEmpty(list []string) []string {
	var out []string
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}
