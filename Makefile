# make bench   the shipped scenarios on the embedded emulator, ending with a page of charts
# make test    all checks and all tests
# make check   formatting and static analysis alone
# make nightly the shipped scenarios against results/baseline/; exit status 3 when anything is worse
# make bench-truth  measured figures beside what queueing theory and a simulation say; a minute
# make agree   the Go patterns beside the scripts of scenarios/workers: writes docs/workers-agree.md; ten minutes
# make bench-engine  what the engine itself costs, in benchstat's format; five minutes
# make profile  the profile that the program is built with, taken anew
# make verify  the model of the Workers runtime beside workerd: writes docs/workers-verify.md; an hour
# make conformance  KV semantics of four stores: writes docs/kv-conformance.md; two minutes; needs workerd and KVBENCH_MINIFLARE
# make workerd  installs workerd, the runtime of Workers, where kvbench looks for it; needs npm
# make fmt     format the code

GOFUMPT     := mvdan.cc/gofumpt@v0.12.0
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

# Packages that have no goroutine, tests that draw thousands of samples, and those that
# run in virtual time, one task at a time. The patterns run on the wall clock, under the
# race detector, in the tests of the command line; charts are drawn in the tests of report.
SEQUENTIAL := kvbench/internal/agree kvbench/internal/verify kvbench/report/verify kvbench/internal/changepoint kvbench/internal/compare kvbench/internal/truth kvbench/scenarios \
	kvbench/scenarios/workers kvbench/internal/runfile kvbench/internal/scenariofile kvbench/internal/script \
	kvbench/internal/sparse kvbench/internal/webapi kvbench/internal/wrangler kvbench/report/chart \
	kvbench/report/chart/kit kvbench/report/comparison kvbench/report/export kvbench/report/history \
	kvbench/report/page kvbench/report/table

# The tests of the command line start hundreds of processes and run hundreds of scenarios:
# all of them without the race detector, and with it those that run patterns on the wall
# clock, serve, and are stopped.
RACED := run|emulate|pace|killed|interrupted

# Those that take minutes with the race detector, which the nightly has time for.
NIGHTLY_RACE := kvbench/internal/emulator kvbench/drivers/redis kvbench/drivers/worker

# Tests that take a minute or more, which no push waits for: make test-nightly runs them.
NIGHTLY_TESTS := ^Test(Wrangler|VerifyAgainstItself|AllCardsAreAccessible|ScratchImage)$$

# What the nightly runs, and where to.
SCENARIOS ?= scenarios.yaml
NIGHTLY   ?= results/$(shell date +%Y%m%d-%H%M%S)-nightly

# workerd's package and the folder that internal/workerd looks into.
WORKERD_VERSION := 1.20261117.1
workerd-Linux-x86_64  := linux-64
workerd-Linux-aarch64 := linux-arm64
workerd-Darwin-x86_64 := darwin-64
workerd-Darwin-arm64  := darwin-arm64
WORKERD_FOR   = $(workerd-$(shell uname -s)-$(shell uname -m))
WORKERD_CACHE = $(if $(filter Darwin,$(shell uname -s)),$(HOME)/Library/Caches,$(or $(XDG_CACHE_HOME),$(HOME)/.cache))

# What make verify is told, and where to.
VERIFY ?= --duration 5m30s
VERIFIED ?= results/$(shell date +%Y%m%d-%H%M%S)-verify

.PHONY: agree bench bench-engine bench-truth conformance test test-nightly check fmt build nightly profile verify workerd

bench: build
	./bin/kvbench run scenarios.yaml

# Its status is that of the last command that failed: 3 when an expectation or the
# gate was not met. Make tells it ("Error 3") and itself exits with 2. Where nothing
# was run, there is nothing to report.
nightly: dir := $(NIGHTLY)
nightly: build
	@status=0; \
	./bin/kvbench run $(SCENARIOS) --quiet --out $(dir) || status=$$?; \
	[ $$status -ne 2 ] || exit 2; \
	./bin/kvbench report $(dir) --format md,junit,benchfmt,json > /dev/null || status=$$?; \
	./bin/kvbench compare results/baseline $(dir) --gate --format html,md,json || status=$$?; \
	./bin/kvbench report --history results || status=$$?; \
	echo "$(dir)/compare.html $(dir)/report.html"; \
	exit $$status

workerd:
	$(if $(WORKERD_FOR),,$(error there is no workerd for $(shell uname -sm)))
	npm install --no-audit --no-fund --ignore-scripts --prefix "$(WORKERD_CACHE)/kvbench/workerd/$(WORKERD_VERSION)" @cloudflare/workerd-$(WORKERD_FOR)@$(WORKERD_VERSION)

bench-truth:
	go test ./internal/truth -count=1 -v -args -truth.full | grep -v '^=== '

# Long enough for what is put with a TTL of five minutes to expire.
verify: build
	./bin/kvbench verify $(VERIFY) --out $(VERIFIED) --markdown docs/workers-verify.md

# KVBENCH_MINIFLARE is the folder of npm install --prefix FOLDER miniflare@4.20260426.0.
conformance:
	go test ./drivers/worker -run '^TestTable$$' -count=1 -v -args -update

agree:
	go test ./scenarios/workers -run '^TestAgree$$' -count=1 -timeout 1h -args -update

# Each is run COUNT times; benchstat says what differs between two outputs. What is told a
# second is per core: it runs on one, but for what is to show two.
COUNT ?= 5
bench-engine:
	go test ./internal/clock ./internal/load -run '^$$' -bench 'Virtual|Zipf' -cpu 1 -count $(COUNT)
	go test ./internal/bench -run '^$$' -bench Engine -benchtime 2000000x -cpu 1,2 -count $(COUNT)
	go test ./drivers/rest -run - -bench AgainstPlain -benchtime 96000x -count $(COUNT)
	go test ./cmd/kvbench/command -run '^$$' -bench VirtualHour -benchtime 2x -cpu 1 -count $(COUNT)
	go test ./cmd/kvbench/command -run '^$$' -bench Worker -benchtime 1x -cpu 1 -count $(COUNT)
	go test ./internal/isolate -run '^$$' -bench . -benchtime 20000x -cpu 1 -count $(COUNT)
	go test ./cmd/kvbench/command -run '^$$' -bench VirtualDay -benchtime 1x -cpu 1 -timeout 20m
	go test ./cmd/kvbench/command -run '^$$' -bench Shipped -benchtime 1x -cpu 1,2 -count $(COUNT) -timeout 30m

# cmd/kvbench/default.pgo: what virtual time spends its time on.
profile:
	go test ./cmd/kvbench/command -run '^$$' -bench VirtualHour -benchtime 4x -cpu 1 -cpuprofile cmd/kvbench/default.pgo -o /dev/null

build:
	go build -o bin/kvbench ./cmd/kvbench

# With the race detector runs what has goroutines: -short leaves out what measures memory,
# drives a browser or computes a lot in one goroutine, which all runs without it. The
# detector lets each process wait a second at its end.
test: check
	GORACE=atexit_sleep_ms=50 go test -race -short -timeout 10m $$(go list ./... | grep -vxF -e kvbench/cmd/kvbench/command $(NIGHTLY_RACE:%=-e %) $(SEQUENTIAL:%=-e %))
	GORACE=atexit_sleep_ms=50 go test -race -timeout 10m ./cmd/kvbench/command -run '^TestScripts$$/^($(RACED))$$'
	GORACE=atexit_sleep_ms=50 go test -race -timeout 10m ./cmd/kvbench/command -run '^Test(SameOnEveryDriver|EmulateKilled|Drawing|GivingUpAPipe|OneRunAFolder)$$'
	go test -timeout 15m -skip '$(NIGHTLY_TESTS)' ./...

test-nightly:
	go test -race -short -timeout 30m $(NIGHTLY_RACE)
	go test -timeout 30m -count 1 -run '$(NIGHTLY_TESTS)' ./cmd/kvbench/command ./report/page
	cd docs/deploy/kubernetes && go test ./...

check:
	@unformatted="$$(go run $(GOFUMPT) -l .)"; \
	if [ -n "$$unformatted" ]; then echo "make fmt would change:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go run $(STATICCHECK) ./...

fmt:
	go run $(GOFUMPT) -w .
