# make bench   the shipped scenarios on the embedded emulator, ending with a page of charts
# make test    all checks and all tests
# make check   formatting and static analysis alone
# make fmt     format the code

GOFUMPT     := mvdan.cc/gofumpt@v0.12.0
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: bench test check fmt build

bench: build
	./bin/kvbench run scenarios.yaml

build:
	go build -o bin/kvbench ./cmd/kvbench

test: check
	go test -race -timeout 10m ./...

check:
	@unformatted="$$(go run $(GOFUMPT) -l .)"; \
	if [ -n "$$unformatted" ]; then echo "make fmt would change:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go run $(STATICCHECK) ./...

fmt:
	go run $(GOFUMPT) -w .
