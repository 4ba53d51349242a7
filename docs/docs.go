// Package docs holds the pages for the people who run, audit and integrate a ledger. Those that
// every node serves are embedded.
package docs

import _ "embed"

// Verify is the page "verify it yourself", Markdown, UTF-8.
//
//go:embed verify-it-yourself.md
var Verify []byte

// Sealed is the page about sealed texts, likewise.
//
//go:embed sealed.md
var Sealed []byte
