package webapi

import (
	"os"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // as the process is that runs scripts
	os.Exit(m.Run())
}
