package classify

import (
	"slices"
	"strings"

	"rightsmail/shared/rights"
)

// Permission says what a mail shows of an agent's right to act for a person.
type Permission string

// The permissions. What is attached is for a human to read: no machine opens it.
const (
	PermissionAttached Permission = "attached" // speaks of it, and carries a file that may be it
	PermissionStated   Permission = "stated"   // speaks of it
	PermissionNone     Permission = "none"
)

// signedPermission is the field that an agent without proof is asked for.
const signedPermission = "signed_permission"

// permission looks for what the signal "permission" stands for and for a file with it.
func (r *reading) permission(v *verdict, fields map[string]string) Permission {
	if v.role != RoleAgent {
		return ""
	}
	said := v.has("permission")
	r.show(v, "permission")
	for _, a := range r.m.Attachments {
		name := strings.ToLower(a.Name)
		named := slices.ContainsFunc(proofNames, func(word string) bool { return strings.Contains(name, word) })
		if !a.Inline && (said || named) {
			fields[signedPermission] = a.Name
			return PermissionAttached
		}
	}
	if said {
		return PermissionStated
	}
	return PermissionNone
}

// proofNames are words in the names of files that prove a right to act.
var proofNames = []string{"permission", "authoris", "authoriz", "mandate", "attorney", "poa", "vollmacht", "procuration", "mandat", "poder", "delega", "pelnomocnictwo", "volmacht", "procuracao"}

// required lists the fields that a right needs of whoever asks. An agent may be asked for
// the signed permission, also where the person's own identity must not be (11 CCR 7026,
// 7063).
func (r *reading) required(v *verdict, row rights.Right) []string {
	if v.role != RoleAgent || !row.IsRequest() || row.Queue == rights.QueueMarketing || row.Silent {
		return row.Required
	}
	return append(slices.Clone(row.Required), signedPermission)
}
