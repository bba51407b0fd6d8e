package command

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"kvbench/drivers/rest"
	"kvbench/internal/fleet/natstest"
)

// image is what the Containerfile makes, as a folder.
type image struct {
	root string // of its file system
	user string // UID:GID
}

// containerfile makes the image as its file says, without a container: what it builds is built here, and what it
// copies from elsewhere is this machine's.
func containerfile(t *testing.T) *image {
	t.Helper()
	text, err := os.ReadFile("../../../docs/deploy/kubernetes/Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	build, last, found := strings.Cut(string(text), "\nFROM scratch\n")
	if !found {
		t.Fatal("it is not made of scratch")
	}
	made := t.TempDir() // the root of the first stage, as far as the build writes to it
	command := regexp.MustCompile(`(?m)^RUN (.*)$`).FindStringSubmatch(build)
	if command == nil {
		t.Fatal("nothing is built")
	}
	outputs := regexp.MustCompile(` /(kvbench|empty)\b`)
	inFolder(t, "../../..", nil, "sh", "-c", outputs.ReplaceAllString(command[1], " '"+made+"'/$1"))
	i := &image{root: filepath.Join(t.TempDir(), "root"), user: "0:0"}
	for _, line := range strings.Split(strings.TrimSpace(last), "\n") {
		words := strings.Fields(line)
		switch verb := words[0]; {
		case verb == "USER":
			i.user = words[1]
		case verb == "ENTRYPOINT" && words[1] == `["/kvbench"]`:
		case verb == "COPY" && words[1] == "--from=build":
			from, to := words[len(words)-2], filepath.Join(i.root, words[len(words)-1])
			if strings.HasSuffix(words[len(words)-1], "/") {
				to = filepath.Join(to, filepath.Base(from))
			}
			if here := filepath.Join(made, from); exists(here) {
				from = here
			}
			inFolder(t, ".", nil, "mkdir", "-p", filepath.Dir(to))
			inFolder(t, ".", nil, "cp", "-a", "-L", from, to)
		default:
			t.Fatalf("a line that is not known: %s", line)
		}
	}
	inFolder(t, ".", nil, "chmod", "755", i.root, filepath.Dir(i.root))
	return i
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// run runs the image's program as the image's user, who sees nothing but the image, and is to end with a status.
func (i *image) run(t *testing.T, want int, env []string, args ...string) string {
	t.Helper()
	words := append([]string{"env", "-i"}, env...)
	words = append(words, "/usr/sbin/chroot", "--userspec="+i.user, i.root, "/kvbench")
	if os.Geteuid() != 0 {
		words = append([]string{"sudo", "-n"}, words...)
	}
	words = append(words, args...)
	cmd := exec.Command(words[0], words[1:]...)
	said, err := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != want {
		t.Fatalf("/kvbench %q: %v, want exit status %d\n%s", args, err, want, said)
	}
	return string(said)
}

// The image of the Containerfile has all that kvbench needs: it runs a scenario, and knows those who sign
// the certificates of stores.
func TestScratchImage(t *testing.T) {
	if err := exec.Command("sudo", "-n", "true").Run(); os.Geteuid() != 0 && err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("only root can see nothing but a folder: ", err)
		}
		t.Skip("only root can see nothing but a folder")
	}
	i := containerfile(t)
	if i.user != "65532:65532" {
		t.Errorf("its user is %s", i.user)
	}
	if said := i.run(t, exitOK, nil, "--version"); !strings.HasPrefix(said, "kvbench ") {
		t.Error(said)
	}
	write(t, filepath.Join(i.root, "scenarios/scenarios.yaml"), exampleYAML, 0o644)
	inFolder(t, ".", nil, "chmod", "755", filepath.Join(i.root, "scenarios"))
	i.run(t, exitOK, nil, "run", "/scenarios/scenarios.yaml", "--quiet", "--out", "/tmp/out")
	out, whole := filepath.Join(i.root, "tmp/out"), filepath.Join(t.TempDir(), "whole")
	inFolder(t, ".", nil, filepath.Join(i.root, "kvbench"), "run", filepath.Join(i.root, "scenarios/scenarios.yaml"), "--quiet", "--out", whole)
	file := regexp.MustCompile(`"file":"[^"]*"`)
	if !bytes.Equal(file.ReplaceAll(common(t, out), nil), file.ReplaceAll(common(t, whole), nil)) {
		t.Error("it runs another thing than outside of the image")
	}

	base, token := startEmulator(t, "propagation=0")
	behind, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	authority := natstest.NewAuthority(t, "stores")
	store := httptest.NewUnstartedServer(httputil.NewSingleHostReverseProxy(&url.URL{Scheme: behind.Scheme, Host: behind.Host}))
	store.TLS = &tls.Config{Certificates: []tls.Certificate{authority.Sign(t, "127.0.0.1", time.Now().Add(time.Hour))}, MinVersion: tls.VersionTLS12}
	store.StartTLS()
	t.Cleanup(store.Close)
	const yaml = "scenarios:\n  - {name: s, question: Q?, pattern: coalesce, variants: [seed], load: {rate: 50/s, duration: 1s}, keys: {count: 5}}\n"
	write(t, filepath.Join(i.root, "scenarios/https.yaml"), yaml, 0o644)
	args := []string{"run", "/scenarios/https.yaml", "--quiet", "--driver", fmt.Sprintf("rest://%s/bench?rate=off&staleness=0&base=%s", testAccount, store.URL)}
	env := []string{rest.TokenVariable + "=" + token}
	if said := i.run(t, exitUsage, env, append(args, "--out", "/tmp/refused")...); !strings.Contains(said, "certificate signed by unknown authority") {
		t.Errorf("a store whose certificate nobody known has signed: %s", said)
	}
	known, err := os.OpenFile(filepath.Join(i.root, "etc/ssl/certs/ca-certificates.crt"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	pem, err := os.ReadFile(authority.File)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := known.Write(pem); err != nil {
		t.Fatal(err)
	}
	if err := known.Close(); err != nil {
		t.Fatal(err)
	}
	i.run(t, exitOK, env, append(args, "--out", "/tmp/https")...)
}
