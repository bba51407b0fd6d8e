package emulator

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/iotest"

	"kvbench/drivers"
	"kvbench/kv"
)

// FuzzForm puts a value by whatever a body and its Content-Type may be. What is taken
// is stored as mime/multipart reads it, as a whole and byte by byte; what is not is
// the client's mistake, and stores nothing.
func FuzzForm(f *testing.F) {
	const kind = "multipart/form-data; boundary=b"
	const value = "--b\r\nContent-Disposition: form-data; name=\"value\"\r\n\r\nv\r\n"
	const metadata = "--b\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n{\"a\":1}\r\n"
	for _, body := range []string{
		value + "--b--\r\n", value + metadata + "--b--", metadata + value + "--b--\r\nepilogue", "preamble\r\n" + value + value + "--b--\r\n",
		value + metadata + metadata + "--b--\r\n", value[:len(value)-3], value + metadata[:30], value + "--b", value + "--b-", "--b--", "", "\r\n",
		"--b\r\nContent-Disposition: form-data; name=\"value\"\r\nContent-Transfer-Encoding: base64\r\n\r\ndg==\r\n--b--",
		"--b\nContent-Disposition: form-data; name=value\n\nv\n--b--\n", "--b\r\nContent-Disposition: attachment; name=\"value\"\r\n\r\nv\r\n--b--",
		"--b\r\ncontent-disposition: form-data; name*=UTF-8''value\r\n\r\nv\r\n--b--", "--b\r\n: x\r\n\r\nv\r\n--b--", "--b \r\n\r\n--b--\r\n",
	} {
		f.Add(kind, []byte(body))
	}
	for _, other := range []string{
		"", "text/plain", "multipart/form-data", "multipart/form-data; boundary=", "Multipart/Form-Data;boundary=\"b\"", "multipart/form-data; boundary=b; boundary=c",
		"multipart/form-datax; boundary=b", "multipart/form-data; boundary=\"b", "multipart/form-data; boundary=b; x",
	} {
		f.Add(other, []byte(value+"--b--\r\n"))
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		s, err := New(Config{Account: testAccount, Token: testToken, Open: func(string) (kv.Store, error) {
			return drivers.Open("embedded://?profile=none&propagation=0", drivers.Env{Seed: 1})
		}})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Ensure("bench", ""); err != nil {
			t.Fatal(err)
		}
		put := func(key string, r io.Reader) (status int, e kv.Entry) {
			t.Helper()
			req := httptest.NewRequest("PUT", spacesPath+"/"+IDOf("bench")+"/values/"+key, r)
			req.Header["Authorization"] = []string{"Bearer " + testToken}
			req.Header["Content-Type"] = []string{kind}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, req)
			var out envelope
			if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || out.Success != (w.Code == http.StatusOK) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			err := s.Namespaces()[0].Store.Get(t.Context(), key, kv.GetOptions{Metadata: true}, &e)
			if taken := w.Code == http.StatusOK; taken != (err == nil) || !taken && (w.Code < 400 || w.Code > 499) {
				t.Errorf("%d %s, and then %v", w.Code, w.Body, err)
			}
			return w.Code, e
		}
		status, whole := put("whole", bytes.NewReader(body))
		slow, bytewise := put("bytewise", iotest.OneByteReader(bytes.NewReader(body)))
		if status != slow || !bytes.Equal(whole.Value, bytewise.Value) || !bytes.Equal(whole.Metadata, bytewise.Metadata) {
			t.Errorf("%d %q %q, and byte by byte %d %q %q", status, whole.Value, whole.Metadata, slow, bytewise.Value, bytewise.Metadata)
		}
		if status != http.StatusOK {
			return
		}
		value, metadata := body, ""
		if media, params, err := mime.ParseMediaType(kind); err == nil && media == "multipart/form-data" {
			parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
			for {
				part, err := parts.NextRawPart()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatalf("it was taken: %v", err)
				}
				text, err := io.ReadAll(part)
				if err != nil {
					t.Fatalf("it was taken: %v", err)
				}
				switch part.FormName() {
				case "value":
					value = text
				case "metadata":
					metadata = string(text)
				}
			}
		}
		if null := string(bytes.TrimSpace([]byte(metadata))) == "null"; null {
			metadata = ""
		}
		if !bytes.Equal(whole.Value, value) || string(whole.Metadata) != metadata {
			t.Errorf("stored %q with %q, want %q with %q", whole.Value, whole.Metadata, value, metadata)
		}
	})
}
