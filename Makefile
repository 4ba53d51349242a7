# What people type. CI runs .ci/run, which does all of it and the long forms of the tests.
.PHONY: build bench test long lint fmt documents ci

build: ## the binary, ./anjian
	go build -trimpath -o anjian ./cmd/anjian

bench: ## durable appends beside the limits of this disk; --help has the flags
	go run ./test/bench

test: ## everything that needs nothing installed; under 4 minutes
	go vet ./...
	go test ./...

long: ## ten minutes of inputs for the whole road, 50 kills, 200 flipped bytes (each after a clean and an unclean stop), full disks and power cuts (as root), cluster faults
	go test ./test/road -run '^$$' -fuzz FuzzRoad -fuzztime 10m -fuzzminimizetime 5s
	go test ./test -run 'Kill|Flip' -kill-rounds 50 -report-kills 50 -flips 200 -timeout 20m
	go test ./test -run 'Disk|Medium' -disk -timeout 5m
	go test ./test -run 'PowerCuts|ACutAt|EIO' -power -power-every 1 -power-cuts 100 -timeout 40m -v
	go test ./internal/store/cluster -run TestCluster -soak 3 -timeout 20m
	go test ./test -run TestNoFaultOfACluster -cluster-rounds 3 -cluster-partition 20s -timeout 20m

lint: ## golangci-lint, at the version in tools/go.mod
	go tool -modfile=tools/go.mod golangci-lint run ./...

fmt:
	gofmt -w .

documents: ## EVENTS.md, RULES.md and the golden files, after a change of events, codes or rules
	go test ./test -run 'EventsDocument|RulesDocument|SchemaDocument|ThirdPartyNotices' -update
	go test ./domain -run Consequences -update

ci:
	.ci/run
