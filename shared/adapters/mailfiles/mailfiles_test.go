package mailfiles_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/mailfiles"
)

const mail = "From: a@example.net\nSubject: one\n\nhello\n"

// write makes a file in a folder, with the folders above it.
func write(t *testing.T, root, name, content string) string {
	t.Helper()
	path := filepath.Join(root, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func names(root string, files []mailfiles.File) []string {
	var list []string
	for _, f := range files {
		name, err := filepath.Rel(root, f.Name)
		if err != nil {
			name = f.Name
		}
		list = append(list, name)
	}
	return list
}

func TestFolderGivesItsMailsInOrderAndLeavesOtherFiles(t *testing.T) {
	root := t.TempDir()
	write(t, root, "b.eml", mail)
	write(t, root, "a.EML", mail)
	write(t, root, "README.md", "From: nobody\n\nno mail")
	write(t, root, "box/new/1700000000.M1.host", mail)
	write(t, root, "year.mbox", "From x Mon Jan  5 10:00:00 2026\n"+mail+"\nFrom y Mon Jan  5 10:00:00 2026\n"+mail)
	files := slices.Collect(mailfiles.Read(root))
	assert.Equal(t, []string{"a.EML", "b.eml", "box/new/1700000000.M1.host", "year.mbox#1", "year.mbox#2"}, names(root, files))
	for _, f := range files {
		assert.NoError(t, f.Err)
		assert.Contains(t, string(f.Raw), "Subject: one")
	}
	assert.Equal(t, 4, mailfiles.Count(root))
}

func TestFileThatIsNamedIsReadWhateverItsName(t *testing.T) {
	path := write(t, t.TempDir(), "letter.txt", mail)
	files := slices.Collect(mailfiles.Read(path))
	require.Len(t, files, 1)
	assert.Equal(t, mail, string(files[0].Raw))
}

func TestMissingPathIsAnErrorThatSaysSoAndTheRestIsRead(t *testing.T) {
	root := t.TempDir()
	good := write(t, root, "a.eml", mail)
	files := slices.Collect(mailfiles.Read(filepath.Join(root, "nowhere"), good))
	require.Len(t, files, 2)
	assert.ErrorContains(t, files[0].Err, "there is no such file or folder")
	assert.NoError(t, files[1].Err)
}

func TestReaderThatHasEnoughStops(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"a.eml", "b.eml", "c.eml"} {
		write(t, root, name, mail)
	}
	n := 0
	for range mailfiles.Read(root, root) {
		if n++; n == 2 {
			break
		}
	}
	assert.Equal(t, 2, n)
}
