package command

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/drivers/rest"

	"github.com/cloudflare/cloudflare-go/v7/kv"
	"github.com/cloudflare/cloudflare-go/v7/option"
	"github.com/cloudflare/cloudflare-go/v7/shared"
	"github.com/google/go-cmp/cmp"
)

const testAccount = "feedfacefeedfacefeedfacefeedface"

// startEmulator runs `kvbench emulate` on a free port until the test ends, and
// returns its base URL and its token.
func startEmulator(t *testing.T, args ...string) (base, token string) {
	t.Helper()
	t.Setenv(rest.TokenVariable, "")
	out, stdout := io.Pipe()
	var stderr bytes.Buffer
	ctx, stop := context.WithCancel(t.Context())
	status := make(chan int, 1)
	go func() {
		status <- execute(ctx, append([]string{"emulate", "--listen", "127.0.0.1:0", "--account", testAccount}, args...), stdout, &stderr)
		stdout.Close()
	}()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		line := lines.Text()
		if _, after, found := strings.Cut(line, "emulated, at "); found {
			base = after
		}
		if m := regexp.MustCompile(`^token +(\S+)`).FindStringSubmatch(line); m != nil {
			token = m[1]
		}
		if strings.HasPrefix(line, "Ctrl-C") {
			break
		}
	}
	go io.Copy(io.Discard, out)
	t.Cleanup(func() {
		stop()
		if got := <-status; got != exitOK {
			t.Errorf("emulate: exit status %d\n%s", got, stderr.String())
		}
	})
	if base == "" {
		t.Fatalf("emulate did not start:\n%s", stderr.String())
	}
	return base, token
}

// with returns parameters with the fields that are named set: the client's Field
// type belongs to its root package, which takes minutes to compile.
func with[T any](namesAndValues ...any) (params T) {
	p := reflect.ValueOf(&params).Elem()
	set := func(name string, value any) {
		f := p.FieldByName(name)
		if f.Kind() == reflect.Struct {
			f.FieldByName("Present").SetBool(true)
			f = f.FieldByName("Value")
		}
		f.Set(reflect.ValueOf(value))
	}
	if p.FieldByName("AccountID").IsValid() {
		set("AccountID", testAccount)
	}
	for i := 0; i < len(namesAndValues); i += 2 {
		set(namesAndValues[i].(string), namesAndValues[i+1])
	}
	return params
}

// methods are the methods of a service that make a call.
func methods(service any) []string {
	var names []string
	typ := reflect.TypeOf(service)
	for i := range typ.NumMethod() {
		names = append(names, typ.Elem().Name()+"."+typ.Method(i).Name)
	}
	return names
}

// Cloudflare's own client, as it is: every method that it has for KV.
//
//lint:file-ignore SA1019 clients call what is deprecated too
func TestCloudflareClient(t *testing.T) {
	base, token := startEmulator(t, "--namespace", "bench")
	client := kv.NewKVService(option.WithBaseURL(base+"/"), option.WithAPIToken(token)).Namespaces
	ctx := t.Context()
	called := map[string]bool{}
	call := func(name string) { called[name] = true }
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	same := func(want, got any) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}

	call("NamespaceService.New")
	ns, err := client.New(ctx, with[kv.NamespaceNewParams]("Title", "made"))
	check(err)
	same("made", ns.Title)
	call("NamespaceService.Update")
	_, err = client.Update(ctx, ns.ID, with[kv.NamespaceUpdateParams]("Title", "renamed"))
	check(err)
	call("NamespaceService.Get")
	got, err := client.Get(ctx, ns.ID, with[kv.NamespaceGetParams]())
	check(err)
	same("renamed", got.Title)
	same(true, got.SupportsURLEncoding)
	call("NamespaceService.List")
	page, err := client.List(ctx, with[kv.NamespaceListParams]("Order", kv.NamespaceListParamsOrderTitle, "Direction", kv.NamespaceListParamsDirectionDesc, "Page", 1.0, "PerPage", 20.0))
	check(err)
	same([]string{"renamed", "bench"}, []string{page.Result[0].Title, page.Result[1].Title})
	for i := range 23 {
		_, err = client.New(ctx, with[kv.NamespaceNewParams]("Title", fmt.Sprint("n", i)))
		check(err)
	}
	call("NamespaceService.ListAutoPaging")
	pager, n := client.ListAutoPaging(ctx, with[kv.NamespaceListParams]()), 0
	for pager.Next() {
		n++
	}
	check(pager.Err())
	same(25, n)

	name := "a/b?c#d%e+f g/ü/" + strings.Repeat("x", 480)
	escaped := url.PathEscape(name)
	call("NamespaceValueService.Update")
	ends := float64(time.Now().Add(time.Hour).Unix())
	_, err = client.Values.Update(ctx, ns.ID, escaped, with[kv.NamespaceValueUpdateParams]("Expiration", ends, "Metadata", `{"a":1}`, "Value", shared.UnionString("plain")))
	check(err)
	_, err = client.Values.Update(ctx, ns.ID, "file", with[kv.NamespaceValueUpdateParams]("ExpirationTTL", 60.0, "Value", shared.UnionString("\x00\xff\r\n--")))
	check(err)
	call("NamespaceValueService.Get")
	for key, want := range map[string]string{escaped: "plain", "file": "\x00\xff\r\n--"} {
		res, err := client.Values.Get(ctx, ns.ID, key, with[kv.NamespaceValueGetParams]())
		check(err)
		value, err := io.ReadAll(res.Body)
		check(err)
		check(res.Body.Close())
		same(want, string(value))
		if key == escaped {
			same(fmt.Sprint(int64(ends)), res.Header.Get("Expiration"))
		}
	}
	call("NamespaceMetadataService.Get")
	metadata, err := client.Metadata.Get(ctx, ns.ID, escaped, with[kv.NamespaceMetadataGetParams]())
	check(err)
	same(any(map[string]any{"a": 1.0}), *metadata)

	call("NamespaceService.BulkUpdate")
	var pairs []kv.NamespaceBulkUpdateParamsBody
	for i := range 25 {
		pairs = append(pairs, with[kv.NamespaceBulkUpdateParamsBody]("Key", fmt.Sprintf("bulk/%02d", i), "Value", "eA==", "Base64", true, "ExpirationTTL", 3600.0, "Metadata", map[string]any{"i": i}))
	}
	wrote, err := client.BulkUpdate(ctx, ns.ID, with[kv.NamespaceBulkUpdateParams]("Body", pairs))
	check(err)
	same(25.0, wrote.SuccessfulKeyCount)
	call("NamespaceKeyService.BulkUpdate")
	wrote2, err := client.Keys.BulkUpdate(ctx, ns.ID, with[kv.NamespaceKeyBulkUpdateParams]("Body", []kv.NamespaceKeyBulkUpdateParamsBody{
		with[kv.NamespaceKeyBulkUpdateParamsBody]("Key", "json", "Value", `{"n":1}`),
	}))
	check(err)
	same(1.0, wrote2.SuccessfulKeyCount)

	call("NamespaceKeyService.List")
	keys, err := client.Keys.List(ctx, ns.ID, with[kv.NamespaceKeyListParams]("Prefix", "bulk/", "Limit", 10.0))
	check(err)
	same(10, len(keys.Result))
	same(int64(10), keys.ResultInfo.Count)
	same("bulk/00", keys.Result[0].Name)
	same(any(map[string]any{"i": 0.0}), keys.Result[0].Metadata)
	if keys.Result[0].Expiration == 0 {
		t.Error("no expiration")
	}
	call("NamespaceKeyService.ListAutoPaging")
	var names []string
	all := client.Keys.ListAutoPaging(ctx, ns.ID, with[kv.NamespaceKeyListParams]("Prefix", "bulk/", "Limit", 10.0))
	for all.Next() {
		names = append(names, all.Current().Name)
	}
	check(all.Err())
	same(25, len(names))

	call("NamespaceService.BulkGet")
	texts, err := client.BulkGet(ctx, ns.ID, with[kv.NamespaceBulkGetParams]("Keys", []string{"bulk/00", "json"}, "Type", kv.NamespaceBulkGetParamsTypeText))
	check(err)
	same(`{"bulk/00":"x","json":"{\"n\":1}"}`, valuesOf(texts.JSON.RawJSON()))
	call("NamespaceKeyService.BulkGet")
	values, err := client.Keys.BulkGet(ctx, ns.ID, with[kv.NamespaceKeyBulkGetParams]("Keys", []string{"json"}, "Type", kv.NamespaceKeyBulkGetParamsTypeJson, "WithMetadata", true))
	check(err)
	same(`{"json":{"value":{"n":1},"metadata":null}}`, valuesOf(values.JSON.RawJSON()))

	call("NamespaceValueService.Delete")
	_, err = client.Values.Delete(ctx, ns.ID, "file", with[kv.NamespaceValueDeleteParams]())
	check(err)
	call("NamespaceKeyService.BulkDelete")
	_, err = client.Keys.BulkDelete(ctx, ns.ID, with[kv.NamespaceKeyBulkDeleteParams]("Body", names[:10]))
	check(err)
	call("NamespaceService.BulkDelete")
	gone, err := client.BulkDelete(ctx, ns.ID, with[kv.NamespaceBulkDeleteParams]("Body", names[10:]))
	check(err)
	same(15.0, gone.SuccessfulKeyCount)
	keys, err = client.Keys.List(ctx, ns.ID, with[kv.NamespaceKeyListParams]("Prefix", "bulk/"))
	check(err)
	same(0, len(keys.Result))

	call("NamespaceService.Delete")
	_, err = client.Delete(ctx, ns.ID, with[kv.NamespaceDeleteParams]())
	check(err)
	_, err = client.Get(ctx, ns.ID, with[kv.NamespaceGetParams]())
	var refused interface{ DumpResponse(body bool) []byte }
	if !errors.As(err, &refused) || !bytes.Contains(refused.DumpResponse(true), []byte("404 Not Found")) {
		t.Errorf("a namespace that was deleted: %v", err)
	}

	for _, m := range slices.Concat(methods(client), methods(client.Keys), methods(client.Values), methods(client.Metadata)) {
		if !called[m] {
			t.Errorf("%s was not called", m)
		}
	}
}

// valuesOf is the object below the name values.
func valuesOf(result string) string {
	return strings.TrimSuffix(strings.TrimPrefix(result, `{"values":`), "}")
}

// A client that asks for another location sees what is written at the first one
// only when it has reached it. Without one it asks the central store, unless the
// first location's cache is to answer.
func TestEmulatedLocations(t *testing.T) {
	for flag, plain := range map[string]int{"--edge-reads=false": 200, "--edge-reads": 404} {
		base, token := startEmulator(t, "locations=2", "propagation=1h", "--namespace", "bench="+strings.Repeat("0", 32), flag)
		values := "/accounts/" + testAccount + "/storage/kv/namespaces/" + strings.Repeat("0", 32) + "/values/k"
		ask := func(method, url string) int {
			t.Helper()
			r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader("v"))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+token)
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			return res.StatusCode
		}
		other := func(n int) string { return strings.Replace(base, "/client/", fmt.Sprintf("/at/%d/client/", n), 1) }
		for _, want := range []struct {
			method, url string
			status      int
		}{
			{"GET", other(0) + values, 404}, // which is cached
			{"PUT", other(1) + values, 200},
			{"GET", base + values, plain},
			{"GET", other(0) + values, 404},
			{"GET", other(1) + values, 200},
			{"GET", other(2) + values, 404},
		} {
			if got := ask(want.method, want.url); got != want.status {
				t.Errorf("%s: %s %s: got %d, want %d", flag, want.method, want.url, got, want.status)
			}
		}
	}
}
