package api

import (
	"html"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// indexCSP allows the page its one inline style and nothing else.
const indexCSP = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"

func (a *Handler) indexRoutes() []*route {
	return []*route{{
		method: "GET", path: "/", id: "index", tag: "about", summary: "List of the endpoints", chinese: "接口一览", anyQuery: true,
		answers: map[string]*huma.Schema{mediaHTML: text()},
		handle: func(c *call) error {
			c.Header().Set("Content-Security-Policy", indexCSP)
			c.body(mediaHTML, a.index)
			return nil
		},
	}}
}

// indexPage lists the routes in Chinese and English.
func indexPage(routes []*route) []byte {
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>安鉴 ` +
		`Anjian</title>` +
		`<style>body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}td{padding:.2rem .8rem .2rem ` +
		`0;vertical-align:top}code{white-space:nowrap}</style>` +
		`<h1>安鉴 Anjian</h1><p>检查记录审计账本 · Audit ledger for inspection records</p>` +
		`<p><a href="/docs">接口文档 API documentation</a> · <a href="/docs/verify">自行核验 verify it yourself</a> · <a href="/v1/rules">规则与代码 rules ` +
		`and codes</a> · <a href="/openapi.json">OpenAPI 3.1</a> · <a href="/readyz">就绪 readiness</a></p><table>`)
	for _, rt := range routes {
		b.WriteString("<tr><td><code>" + rt.method + " " + html.EscapeString(rt.path) + "</code><td>" +
			html.EscapeString(rt.chinese) + "<td>" + html.EscapeString(rt.summary) + "\n")
	}
	b.WriteString("</table>\n")
	return []byte(b.String())
}
