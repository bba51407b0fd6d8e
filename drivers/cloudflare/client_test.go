package cloudflare

import (
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	client "github.com/cloudflare/cloudflare-go/v7/kv"
	"github.com/cloudflare/cloudflare-go/v7/option"
	"github.com/cloudflare/cloudflare-go/v7/shared"
)

// What is worked around is there: when a newer client mends it, this test fails, and
// the lines around it can go.
func TestTheClientsFaults(t *testing.T) {
	var body, sent, path string
	calls, status := 0, http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		calls, sent, path = calls+1, string(data), r.Method+" "+r.URL.RequestURI()
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Retry-After-Ms", "1")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	defer server.Close()
	c := client.NewKVService(option.WithBaseURL(server.URL+"/"), option.WithMaxRetries(0)).Namespaces
	ctx := t.Context()

	body = `{"success":true,"result":{"values":{"a":"1","b":null}}}`
	var get client.NamespaceBulkGetParams
	set(&get.AccountID.Value, &get.AccountID.Present, "acc")
	set(&get.Keys.Value, &get.Keys.Present, []string{"a", "b"})
	got, err := c.BulkGet(ctx, "ns", get)
	if values, _ := got.Values.(map[string]client.NamespaceBulkGetResponseWorkersKVBulkGetResultValuesUnion); err != nil || len(values) != 0 {
		t.Errorf("BulkGet keeps the values beside an absent one: %v, %v", got.Values, err)
	}

	body = `{"success":false,"errors":[{"code":10013,"message":"no"}]}`
	var put client.NamespaceValueUpdateParams
	set(&put.AccountID.Value, &put.AccountID.Present, "acc")
	put.Value.Value, put.Value.Present = shared.UnionString("v"), true
	set[any](&put.Metadata.Value, &put.Metadata.Present, map[string]any{"x": 1})
	_, err = c.Values.Update(ctx, "ns", "a?b", put)
	if err != nil {
		t.Errorf("success:false is an error: %v", err)
	}
	if !strings.Contains(sent, `name="metadata.x"`) {
		t.Errorf("metadata that is an object is sent as one part:\n%s", sent)
	}
	if !strings.HasSuffix(path, "/values/a?b") {
		t.Errorf("keys are escaped: %s", path)
	}
	var remove client.NamespaceValueDeleteParams
	set(&remove.AccountID.Value, &remove.AccountID.Present, "acc")
	if _, err = c.Values.Delete(ctx, "ns", "..", remove); err != nil || path != "DELETE /accounts/acc/storage/kv/namespaces/ns/" {
		t.Errorf(`Delete("..") is not the namespace's: %s, %v`, path, err)
	}

	body = `{"success":true,"result":[],"result_info":{"cursor":"more"}}`
	var list client.NamespaceKeyListParams
	set(&list.AccountID.Value, &list.AccountID.Present, "acc")
	calls = 0
	if pager := c.Keys.ListAutoPaging(ctx, "ns", list); pager.Next() || pager.Err() != nil || calls != 1 {
		t.Errorf("the pager goes on after an empty page: %d calls, %v", calls, pager.Err())
	}

	status, calls = http.StatusServiceUnavailable, 0
	_, err = c.Values.Delete(ctx, "ns", "k", remove, option.WithMaxRetries(1))
	if err == nil || calls != 2 {
		t.Errorf("retries are not the client's: %d calls, %v", calls, err)
	}
}

// The client's root package holds all of Cloudflare's API: minutes to compile, and
// 17 MB. Nothing of ours may import it.
func TestNoRootPackage(t *testing.T) {
	const root = "github.com/cloudflare/cloudflare-go/v7"
	files := 0
	err := filepath.WalkDir("../..", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == ".git":
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(file, ".go"):
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			if spec.Path.Value == `"`+root+`"` {
				t.Errorf("%s imports %s: use its packages kv, option and shared", file, root)
			}
			if strings.HasPrefix(spec.Path.Value, `"`+root) {
				files++
			}
		}
		return nil
	})
	if err != nil || files == 0 {
		t.Errorf("%d imports of the client: %v", files, err)
	}
}
