// Package docs holds the pages for the people who run, audit and integrate a ledger. The one that
// every node serves is embedded.
package docs

import _ "embed"

// Verify is the page "verify it yourself", Markdown, UTF-8.
//
//go:embed verify-it-yourself.md
var Verify []byte
