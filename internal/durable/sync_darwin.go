package durable

import "os"

func datasync(f *os.File) error { return f.Sync() }

func writeBack(*os.File, int64, int64) {}
