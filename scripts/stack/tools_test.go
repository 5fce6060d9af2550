package stack

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// templates are template.yaml and every file it may nest.
func templates(t *testing.T) []string {
	t.Helper()
	nested, err := filepath.Glob(filepath.Join(root, "infra", "*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, nested)
	return append(nested, filepath.Join(root, "template.yaml"))
}

func TestSAMFindsNoFault(t *testing.T) {
	out, err := command(t, tool(t, "sam"), "validate", "--lint", "--template", "template.yaml").CombinedOutput()
	require.NoError(t, err, "%s", out)
}

// The linter looks at a nested file only to see which parameters it has, so each is given
// by name; of one that is missing it says so and is content.
func TestEveryTemplateIsLintedAndEveryNestedOneIsThere(t *testing.T) {
	bin := tool(t, "cfn-lint")
	args := []string{}
	for _, name := range templates(t) {
		rel, err := filepath.Rel(root, name)
		require.NoError(t, err)
		args = append(args, rel)
	}
	out, err := command(t, bin, args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
}

var location = regexp.MustCompile(`(?m)^\s+Location: (\S+)$`)

func TestEveryNestedTemplateExistsAndIsNested(t *testing.T) {
	nested := map[string]bool{}
	for _, name := range templates(t) {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, m := range location.FindAllSubmatch(text, -1) {
			path := filepath.Join(filepath.Dir(name), string(m[1]))
			assert.FileExists(t, path, name)
			nested[path] = true
		}
	}
	for _, name := range templates(t) {
		if filepath.Base(name) != "template.yaml" {
			assert.True(t, nested[name], "%s is nested by nobody", name)
		}
	}
}

// What is tested and measured must be what is deployed.
func TestSAMBuildsTheSameBytesAsOurScript(t *testing.T) {
	sam := tool(t, "sam")
	ours := t.TempDir()
	functions := flat(t).functions()
	for name := range functions {
		dir := filepath.Join(ours, name)
		require.NoError(t, os.Mkdir(dir, 0o700))
		out, err := command(t, filepath.Join("scripts", "build"), "-into", dir, name).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	theirs := t.TempDir()
	out, err := command(t, sam, "build", "--build-dir", theirs).CombinedOutput()
	require.NoError(t, err, "%s", out)
	for name, f := range functions {
		mine, err := os.ReadFile(filepath.Join(ours, name, "bootstrap"))
		require.NoError(t, err)
		his, err := os.ReadFile(filepath.Join(theirs, filepath.FromSlash(f.Metadata.Path), "bootstrap"))
		require.NoError(t, err)
		assert.Equal(t, sha256.Sum256(mine), sha256.Sum256(his), name)
		assert.True(t, bytes.HasPrefix(mine, []byte("\x7fELF")), name)
	}
}

func TestEveryFunctionHasItsFolderAndItsBuildTarget(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root, "functions", "Makefile"))
	require.NoError(t, err)
	var built, folders []string
	for _, m := range regexp.MustCompile(`(?m)^build-(\w+):\n\tscripts/build -into "\$\(ARTIFACTS_DIR\)" (\w+)$`).FindAllSubmatch(makefile, -1) {
		built = append(built, string(m[1])+" "+string(m[2]))
	}
	mains, err := filepath.Glob(filepath.Join(root, "functions", "*", "main.go"))
	require.NoError(t, err)
	for _, m := range mains {
		folders = append(folders, filepath.Base(filepath.Dir(m)))
	}
	var wanted, named []string
	for name, f := range flat(t).functions() {
		wanted = append(wanted, filepath.Base(filepath.FromSlash(f.Metadata.Path))+" "+name)
		named = append(named, name)
	}
	assert.ElementsMatch(t, wanted, built, "functions/Makefile and the functions of the templates")
	assert.ElementsMatch(t, named, folders, "the folders of functions/ and the functions of the templates")
	slices.Sort(built)
	assert.Equal(t, slices.Compact(slices.Clone(built)), built)
}
