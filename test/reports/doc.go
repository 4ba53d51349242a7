// Package reports holds the tests of all reports over whole campaigns: asked as every role, by every grouping, opened to the entries
// behind each number, as of positions, between two of them, and in every form. They need no server. Beside package test, which waits
// for processes, they keep the other processor busy: go test runs packages beside each other, and the tests of one mostly after each
// other.
//
// The long form, as .ci/run has it:
//
//	go test ./test/reports -run 'TestReport(s|Changes)' -report-draws 4 -report-positions 20
package reports
