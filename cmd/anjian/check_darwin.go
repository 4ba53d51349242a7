package main

import "os"

// writable reports why dir is no directory that could be written; who may write in it is
// found out at the start.
func writable(dir string) error { _, err := os.ReadDir(dir); return err }

// machine is checked on Linux only.
func (c *checkup) machine() {}
