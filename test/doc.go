// Package test holds the tests of the whole program: they build the anjian binary once and
// use it as its users do, over files, processes and HTTP.
//
//	testdata/script   what the commands promise, as scripts (testscript)
//	import_test.go    public records, against counts taken from the files another way
//	visit_test.go     a whole visit over HTTP: batch, signatures, views, hostile inputs
//	audit_test.go     checkpoint, tiles, proofs and the live stream, as outsiders read them
//	kill_test.go      kill -9 under 64 writers
//	flip_test.go      one flipped byte in any file
//	disk_test.go      a full and a read-only disk
//	power_linux_test.go  power cuts, on a file system that forgets what was not synced (tornfs)
//	policy_test.go    imports, package comments, the README's commands
//	events_test.go    EVENTS.md and the golden events, whose scenes packages domain and api tell
//
// Below it stands whatever tests alone use; a test forbids it a place among the product's packages:
//
//	storetest, evidencetest    the contracts of store and evidence, for every engine
//	memory                     a store in memory
//	natstest, kurrentdb/double servers of others, or what speaks like them
//	tornfs                     a file system that forgets what was not synced
//	clocktest, eventtest       a clock that can be set; visits with names
//	nodetest, visibilitytest   small ledgers, whole and with much that is hidden
//	bench                      a program that measures the ledger beside the limits of its disk
//	road                       fuzzing of an event's whole road
//	reports                    the tests of all reports over whole campaigns
//	rounds                     how often a test repeats what chance decides: less where somebody waits for it
//
// Long forms, as .ci/run runs them; ANJIAN_CI=1 has go test repeat as often as it does:
//
//	go test ./test -run Kill -kill-rounds 50
//	go test ./test -run Flip -flips 200
//	go test ./test -run Disk -disk        needs root, losetup and mkfs.ext4
//	go test ./test -run 'PowerCuts|ACutAt|EIO' -power  needs root and /dev/fuse; -power-every 1 -power-cuts 100
package test
