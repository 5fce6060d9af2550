package oidc

// Parts of the package that are tested by themselves.
var LocalPath, OneLine, Tokens = localPath, oneLine, tokens
