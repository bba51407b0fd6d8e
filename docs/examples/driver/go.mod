module example.org/memory

go 1.26.0

require kvbench v0.0.0

replace kvbench => ../../..
