package client

import "context"

// Read reads the JSON answer of a GET route, such as /v1/tables or /v1/city?as_of=17, into v.
func (c *Client) Read(ctx context.Context, path string, v any) error {
	return c.call(ctx, get(path), v)
}
