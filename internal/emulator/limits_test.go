package emulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"kvbench/kv"
)

// form is a multipart body.
func form(value, metadata string) (body io.Reader, headers []string) {
	const b = "boundary"
	text := "--" + b + "\r\nContent-Disposition: form-data; name=\"value\"\r\n\r\n" + value +
		"\r\n--" + b + "\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n" + metadata + "\r\n--" + b + "--\r\n"
	return strings.NewReader(text), []string{"Content-Type", "multipart/form-data; boundary=" + b}
}

// list is a JSON array of n elements.
func list(n int, element string) io.Reader {
	return strings.NewReader("[" + strings.TrimSuffix(strings.Repeat(element+",", n), ",") + "]")
}

const tokenOnly = "token only: send Authorization: Bearer TOKEN, not X-Auth-Email and X-Auth-Key, nor X-Auth-User-Service-Key"

// Every limit of Workers KV and every error of its REST API: status, code, text.
func TestLimits(t *testing.T) {
	h := start(t, "embedded://?profile=none&propagation=0&writes=strict", Config{})
	h.put("there", "v")
	now := h.clk.stop() // it takes longer than what is too soon
	missing := spacesPath + "/" + strings.Repeat("a", 32)
	json1024 := `"` + strings.Repeat("x", 1022) + `"`
	tests := []struct {
		name         string
		method, path string
		body         io.Reader
		headers      []string
		status, code int // code 0: success
		text         string
	}{
		{name: "no token", method: "GET", path: spacesPath, headers: []string{"Authorization", ""}, status: 400, code: 9106, text: "Missing X-Auth-Key, X-Auth-Email or Authorization headers"},
		{name: "wrong token", method: "GET", path: spacesPath, headers: []string{"Authorization", "Bearer x"}, status: 401, code: 10000, text: "Authentication error"},
		{name: "another token", method: "GET", path: spacesPath, headers: []string{"Authorization", "Bearer " + testToken + "x"}, status: 401, code: 10000, text: "Authentication error"},
		{name: "a token of another scheme", method: "GET", path: spacesPath, headers: []string{"Authorization", "Basic " + testToken}, status: 401, code: 10000, text: "Authentication error"},
		{name: "bearer in small letters", method: "GET", path: spacesPath, headers: []string{"Authorization", "bearer " + testToken}, status: 200},
		{name: "BEARER", method: "GET", path: spacesPath, headers: []string{"Authorization", "BEARER   " + testToken + " "}, status: 200},
		{name: "e-mail and key", method: "GET", path: spacesPath, headers: []string{"Authorization", "", "X-Auth-Email", "a@b", "X-Auth-Key", "x"}, status: 400, code: 9106, text: tokenOnly},
		{name: "a service key", method: "GET", path: spacesPath, headers: []string{"Authorization", "", "X-Auth-User-Service-Key", "x"}, status: 400, code: 9106, text: tokenOnly},
		{name: "e-mail, key and token", method: "GET", path: spacesPath, headers: []string{"X-Auth-Email", "a@b", "X-Auth-Key", "x"}, status: 200},
		{name: "empty account", method: "GET", path: root + "/accounts/" + below, status: 400, code: 7000, text: "No route for that URI"},
		{name: "empty account of a location", method: "PUT", path: "/at/0" + root + "/accounts/" + below + "/x/values/k", body: sized(1), status: 400, code: 7000, text: "No route for that URI"},
		{name: "another account", method: "GET", path: root + "/accounts/b" + below, status: 403, code: 10000, text: "Authentication error"},
		{name: "no route", method: "GET", path: root + "/zones", status: 404, code: 7003, text: "Could not route to /client/v4/zones, perhaps your object identifier is invalid?"},
		{name: "no key in the path", method: "GET", path: h.space + "/values/", status: 400, code: 10042, text: "Key names must not be empty"},
		{name: "no such method", method: "PATCH", path: spacesPath, status: 405, code: 7001, text: "PATCH not supported for requested URI."},
		{name: "location that is no number", method: "GET", path: "/at/x" + spacesPath, status: 404, code: 7003, text: `No location "x": want /at/N/client/v4, N from 0`},
		{name: "location that is not there", method: "GET", path: "/at/1" + h.value("there"), status: 404, code: 7003, text: "No location 1: the namespace has 1, counted from 0"},

		{name: "namespace identifier", method: "GET", path: spacesPath + "/xyz/keys", status: 400, code: 10011, text: "could not parse UUID from request's namespace_id: 'xyz'"},
		{name: "namespace that is not there", method: "GET", path: missing, status: 404, code: 10013, text: "get namespace: 'namespace not found'"},
		{name: "get of a namespace that is not there", method: "GET", path: missing + "/values/k", status: 404, code: 10013, text: "get: 'namespace not found'"},
		{name: "list of a namespace that is not there", method: "GET", path: missing + "/keys", status: 404, code: 10013, text: "list keys: 'namespace not found'"},
		{name: "rename of a namespace that is not there", method: "PUT", path: missing, body: strings.NewReader(`{"title":"x"}`), status: 404, code: 10013, text: "rename namespace: 'namespace not found'"},
		{name: "delete of a namespace that is not there", method: "DELETE", path: missing, status: 404, code: 10013, text: "remove namespace: 'namespace not found'"},
		{name: "title that is taken", method: "POST", path: spacesPath, body: strings.NewReader(`{"title":"bench"}`), status: 400, code: 10014, text: "a namespace with this account ID and title already exists"},
		{name: "title that is empty", method: "POST", path: spacesPath, body: strings.NewReader(`{}`), status: 400, code: 10019, text: "a namespace title is required"},
		{name: "title of 512 bytes", method: "POST", path: spacesPath, body: strings.NewReader(`{"title":"` + strings.Repeat("t", 512) + `"}`), status: 200},
		{name: "title of 513 bytes", method: "POST", path: spacesPath, body: strings.NewReader(`{"title":"` + strings.Repeat("t", 513) + `"}`), status: 400, code: 10029, text: "a namespace title has at most 512 bytes; this has 513"},
		{name: "title that is no JSON", method: "POST", path: spacesPath, body: strings.NewReader(`title`), status: 400, code: 10012, text: "could not parse the request's body: want a value at byte 5"},
		{name: "page of namespaces", method: "GET", path: spacesPath + "?page=0", status: 400, code: 10007, text: "Invalid page of 0: want 1 to 1073741824."},
		{name: "namespaces a page", method: "GET", path: spacesPath + "?per_page=1001", status: 400, code: 10008, text: "Invalid per_page of 1001: want 1 to 1000."},

		{name: "an order that there is not", method: "GET", path: spacesPath + "?order=size", status: 400, code: 10043, text: "Invalid order of size: want id or title."},
		{name: "a direction that there is not", method: "GET", path: spacesPath + "?direction=up", status: 400, code: 10044, text: "Invalid direction of up: want asc or desc."},
		{name: "a query that is none", method: "GET", path: spacesPath + "?page=%zz", status: 400, code: 10029, text: `could not parse the query: invalid URL escape "%zz"`},

		{name: "key that is not there", method: "GET", path: h.value("none"), status: 404, code: 10009, text: "get: 'key not found'"},
		{name: "metadata of a key that is not there", method: "GET", path: h.space + "/metadata/none", status: 404, code: 10009, text: "get: 'key not found'"},
		{name: "delete of a key that is not there", method: "DELETE", path: h.value("none"), status: 200},
		{name: "key of 512 bytes", method: "PUT", path: h.value(strings.Repeat("é", 256)), body: sized(1), status: 200},
		{name: "key of 513 bytes", method: "PUT", path: h.value(strings.Repeat("é", 256) + "x"), body: sized(1), status: 414, code: 10030, text: "UTF-8 encoded length of 513 exceeds key length limit of 512."},
		{name: "key .", method: "PUT", path: h.space + "/values/%2E", body: sized(1), status: 400, code: 10042, text: `Illegal key name ".". Please use a different name.`},
		{name: "key ..", method: "DELETE", path: h.space + "/values/..", status: 400, code: 10042, text: `Illegal key name "..". Please use a different name.`},
		{name: "key that is not UTF-8", method: "PUT", path: h.space + "/values/%FF", body: sized(1), status: 400, code: 10042, text: `Illegal key name "\xff": it is not valid UTF-8.`},

		{name: "value of 25 MiB", method: "PUT", path: h.value("large"), body: sized(kv.MaxValueBytes), status: 200},
		{name: "value over 25 MiB", method: "PUT", path: h.value("larger"), body: sized(kv.MaxValueBytes + 1), status: 413, code: 10024, text: "Value length of 26214401 exceeds limit of 26214400."},
		{name: "value over 25 MiB of no known length", method: "PUT", path: h.value("larger"), body: zeros(kv.MaxValueBytes + 1), status: 413, code: 10024, text: "Value length of 26214401 exceeds limit of 26214400."},
		{name: "expiration_ttl of 60", method: "PUT", path: h.value("ttl60") + "?expiration_ttl=60", body: sized(1), status: 200},
		{name: "expiration_ttl of 59", method: "PUT", path: h.value("k") + "?expiration_ttl=59", body: sized(1), status: 400, code: 10034, text: "Invalid expiration_ttl of 59. Expiration TTL must be at least 60."},
		{name: "expiration_ttl of 0", method: "PUT", path: h.value("k") + "?expiration_ttl=0", body: sized(1), status: 400, code: 10034, text: "Invalid expiration_ttl of 0. Please specify integer greater than 0."},
		{name: "expiration_ttl that is no number", method: "PUT", path: h.value("k") + "?expiration_ttl=1m", body: sized(1), status: 400, code: 10034, text: "Invalid expiration_ttl of 1m. Please specify integer greater than 0."},
		{name: "expiration in the past", method: "PUT", path: h.value("k") + "?expiration=1", body: sized(1), status: 400, code: 10033, text: "Invalid expiration of 1. Please specify integer greater than the current number of seconds since the UNIX epoch."},
		{name: "expiration too soon", method: "PUT", path: h.value("k") + fmt.Sprint("?expiration=", now+30), body: sized(1), status: 400, code: 10033, text: fmt.Sprintf("Invalid expiration of %d. Expiration times must be at least 60 seconds in the future.", now+30)},
		{name: "expiration of 10,000,000,000", method: "PUT", path: h.value("far") + "?expiration=10000000000", body: sized(1), status: 200},
		{name: "expiration at the end of the year 9999", method: "PUT", path: h.value("farther") + "?expiration=253402300799", body: sized(1), status: 200},
		{name: "expiration after the year 9999", method: "PUT", path: h.value("k") + "?expiration=253402300800", body: sized(1), status: 400, code: 10033, text: "Invalid expiration of 253402300800. It must be at most 253402300799."},
		{name: "expiration of more digits than a number has", method: "PUT", path: h.value("k") + "?expiration=99999999999999999999", body: sized(1), status: 400, code: 10033, text: "Invalid expiration of 99999999999999999999. It must be at most 253402300799."},
		{name: "the longest expiration_ttl", method: "PUT", path: h.value("long") + "?expiration_ttl=9223372036", body: sized(1), status: 200},
		{name: "expiration_ttl that is too long", method: "PUT", path: h.value("k") + "?expiration_ttl=9223372037", body: sized(1), status: 400, code: 10034, text: "Invalid expiration_ttl of 9223372037. It must be at most 9223372036."},
		{name: "expiration_ttl of 60.5", method: "PUT", path: h.value("k") + "?expiration_ttl=60.5", body: sized(1), status: 400, code: 10034, text: "Invalid expiration_ttl of 60.5. Please specify integer greater than 0."},
		{name: "expiration below 0", method: "PUT", path: h.value("k") + "?expiration=-1", body: sized(1), status: 400, code: 10033, text: "Invalid expiration of -1. Please specify integer greater than 0."},
		{name: "the TTL wins", method: "PUT", path: h.value("both") + fmt.Sprint("?expiration_ttl=60&expiration=", now+30), body: sized(1), status: 200},
		{name: "write within a second", method: "PUT", path: h.value("ttl60"), body: sized(1), status: 429, code: 10429, text: "Too Many Requests"},

		{name: "list of 9", method: "GET", path: h.space + "/keys?limit=9", status: 400, code: 10029, text: "Invalid limit of 9: want 10 to 1000."},
		{name: "list of no number", method: "GET", path: h.space + "/keys?limit=x", status: 400, code: 10028, text: "Invalid limit of x: want 10 to 1000."},
		{name: "list of 10", method: "GET", path: h.space + "/keys?limit=10", status: 200},
		{name: "list of 1000", method: "GET", path: h.space + "/keys?limit=1000", status: 200},
		{name: "list of 1001", method: "GET", path: h.space + "/keys?limit=1001", status: 400, code: 10028, text: "Invalid limit of 1001: want 10 to 1000."},
		{name: "prefix of 513 bytes", method: "GET", path: h.space + "/keys?prefix=" + strings.Repeat("p", 513), status: 414, code: 10030, text: "UTF-8 encoded length of 513 exceeds key length limit of 512."},
		{name: "cursor of no page", method: "GET", path: h.space + "/keys?cursor=%20", status: 400, code: 10041, text: `Invalid cursor " ": want the cursor of the page before.`},

		{name: "bulk get of 100", method: "POST", path: h.space + "/bulk/get", body: wrap(`{"keys":`, list(100, `"k"`), `}`), status: 200},
		{name: "bulk get of 101", method: "POST", path: h.space + "/bulk/get", body: wrap(`{"keys":`, list(101, `"k"`), `}`), status: 400, code: 10029, text: "101 keys: at most 100 may be asked for at once"},
		{name: "bulk get of none", method: "POST", path: h.space + "/bulk/get", body: strings.NewReader(`{"keys":[]}`), status: 400, code: 10029, text: "You must request a minimum of 1 key"},
		{name: "bulk get over 25 MiB", method: "POST", path: h.space + "/bulk/get", body: strings.NewReader(`{"keys":["large","there"]}`), status: 413, code: 10024, text: "Total size of request exceeds the limit of 25MB"},
		{name: "bulk get of a type there is not", method: "POST", path: h.space + "/bulk/get", body: strings.NewReader(`{"keys":["k"],"type":"stream"}`), status: 400, code: 10029, text: `type "stream": want text or json`},
		{name: "bulk get of what is no JSON", method: "POST", path: h.space + "/bulk/get", body: strings.NewReader(`{"keys":["there"],"type":"json"}`), status: 400, code: 10029, text: "At least one of the requested keys corresponds to a non-JSON value"},
		{name: "bulk write of 10001", method: "PUT", path: h.space + "/bulk", body: list(10_001, `{"key":"k","value":"v"}`), status: 400, code: 10029, text: "at most 10000 keys may be given at once"},
		{name: "bulk write over 100 MB", method: "PUT", path: h.space + "/bulk", body: sized(kv.MaxBulkPutBytes + 1), status: 413, code: 10024, text: "The request's body exceeds the limit of 104857600 bytes."},
		{name: "bulk write without a value", method: "PUT", path: h.space + "/bulk", body: strings.NewReader(`[{"key":"k"}]`), status: 400, code: 10012, text: "pair 0: it has no value"},
		{name: "bulk write without a key", method: "PUT", path: h.space + "/bulk", body: strings.NewReader(`[{"value":"v"}]`), status: 400, code: 10012, text: "pair 0: it has no key"},
		{name: "bulk write of what is not base64", method: "PUT", path: h.space + "/bulk", body: strings.NewReader(`[{"key":"k","value":"?","base64":true}]`), status: 400, code: 10012, text: "pair 0: it is not base64: illegal base64 data at input byte 0"},
		{name: "bulk write of half a second", method: "PUT", path: h.space + "/bulk", body: strings.NewReader(`[{"key":"k","value":"v","expiration_ttl":60.5}]`), status: 400, code: 10034, text: "pair 0: Invalid expiration_ttl of 60.5. Please specify integer greater than 0."},
		{name: "bulk write of 10,000,000,000", method: "PUT", path: h.space + "/bulk", body: strings.NewReader(`[{"key":"far2","value":"v","expiration":10000000000}]`), status: 200},
		{name: "bulk write of the longest expiration_ttl", method: "PUT", path: h.space + "/bulk", body: strings.NewReader(`[{"key":"long2","value":"v","expiration_ttl":9223372036}]`), status: 200},
		{name: "bulk write of too long an expiration_ttl", method: "PUT", path: h.space + "/bulk", body: strings.NewReader(`[{"key":"k","value":"v","expiration_ttl":9223372037}]`), status: 400, code: 10034, text: "pair 0: Invalid expiration_ttl of 9223372037. It must be at most 9223372036."},
		{name: "bulk write after the year 9999", method: "PUT", path: h.space + "/bulk", body: strings.NewReader(`[{"key":"k","value":"v","expiration":1e18}]`), status: 400, code: 10033, text: "pair 0: Invalid expiration of 1e18. It must be at most 253402300799."},
		{name: "bulk write of an expiration of 0", method: "PUT", path: h.space + "/bulk", body: strings.NewReader(`[{"key":"k","value":"v","expiration":0}]`), status: 400, code: 10033, text: "pair 0: Invalid expiration of 0. Please specify integer greater than 0."},
		{name: "bulk write of 6e1 s", method: "PUT", path: h.space + "/bulk", body: strings.NewReader(`[{"key":"k60","value":"v","expiration_ttl":6e1}]`), status: 200},
		{name: "bulk write of a key that is too long", method: "PUT", path: h.space + "/bulk", body: strings.NewReader(`[{"key":"` + strings.Repeat("k", 600) + `","value":"v"}]`), status: 414, code: 10030, text: "pair 0: UTF-8 encoded length of 600 exceeds key length limit of 512."},
		{name: "bulk write of a value that is too long", method: "PUT", path: h.space + "/bulk", body: strings.NewReader(`[{"key":"k","value":"` + strings.Repeat("v", kv.MaxValueBytes+1) + `"}]`), status: 413, code: 10024, text: "pair 0: Value length of 26214401 exceeds limit of 26214400."},
		{name: "bulk write of metadata of 70 kB", method: "PUT", path: h.space + "/bulk", body: strings.NewReader(`[{"key":"k","value":"v","metadata":"` + strings.Repeat("m", 69_998) + `"}]`), status: 413, code: 10024, text: "pair 0: Metadata length of 70000 exceeds limit of 1024."},
		{name: "bulk write of what is not UTF-8", method: "PUT", path: h.space + "/bulk", body: strings.NewReader("[{\"key\":\"k\",\"value\":\"\xff\"}]"), status: 400, code: 10012, text: "could not parse the request's body: a string is not valid UTF-8 at byte 23"},
		{name: "bulk write of 59 s", method: "PUT", path: h.space + "/bulk", body: strings.NewReader(`[{"key":"k","value":"v","expiration_ttl":59}]`), status: 400, code: 10034, text: "pair 0: Invalid expiration_ttl of 59. Expiration TTL must be at least 60."},
		{name: "bulk write of 59 s in the second pair", method: "PUT", path: h.space + "/bulk", body: strings.NewReader(`[{"key":"k","value":"v"},{"key":"k","value":"v","expiration_ttl":59}]`), status: 400, code: 10034, text: "pair 1: Invalid expiration_ttl of 59. Expiration TTL must be at least 60."},
		{name: "bulk delete of 10001", method: "POST", path: h.space + "/bulk/delete", body: list(10_001, `"k"`), status: 400, code: 10029, text: "at most 10000 keys may be given at once"},
		{name: "bulk delete of a key that is too long", method: "POST", path: h.space + "/bulk/delete", body: strings.NewReader(`["` + strings.Repeat("k", 600) + `"]`), status: 414, code: 10030, text: "UTF-8 encoded length of 600 exceeds key length limit of 512."},
		{name: "bulk delete of a wrong key", method: "POST", path: h.space + "/bulk/delete", body: strings.NewReader(`[".."]`), status: 400, code: 10042, text: `Illegal key name "..". Please use a different name.`},
		{name: "a second value in a body", method: "POST", path: h.space + "/bulk/delete", body: strings.NewReader(`["k"] []`), status: 400, code: 10012, text: "could not parse the request's body: there is more than one value at byte 6"},
	}
	for _, m := range []struct {
		name, value, metadata string
		status, code          int
		text                  string
	}{
		{"metadata of 1,024 bytes", "v", json1024, 200, 0, ""},
		{"metadata of 1,025 bytes", "v", json1024[:1] + "y" + json1024[1:], 413, 10024, "Metadata length of 1025 exceeds limit of 1024."},
		{"metadata of 70 kB", "v", `"` + strings.Repeat("m", 69_998) + `"`, 413, 10024, "Metadata length of 70000 exceeds limit of 1024."},
		{"metadata that is not UTF-8", "v", "\"\xff\"", 400, 10047, "Metadata must be valid JSON."},
		{"metadata that is no JSON", "v", "{", 400, 10047, "Metadata must be valid JSON."},
		{"value over 25 MiB in a form", strings.Repeat("v", kv.MaxValueBytes+1), "1", 413, 10024, "Value length of 26214401 exceeds limit of 26214400."},
	} {
		body, headers := form(m.value, m.metadata)
		tt := tests[0]
		tt.name, tt.method, tt.path, tt.body, tt.headers = m.name, "PUT", h.value(m.name), body, headers
		tt.status, tt.code, tt.text = m.status, m.code, m.text
		tests = append(tests, tt)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := h.do(tt.method, tt.path, tt.body, tt.headers...)
			var m message
			if len(a.Errors) > 0 {
				m = a.Errors[0]
			}
			if a.status != tt.status || m.Code != tt.code || m.Message != tt.text {
				t.Errorf("got  %d %d %s\nwant %d %d %s", a.status, m.Code, m.Message, tt.status, tt.code, tt.text)
			}
			if ok := tt.code == 0; a.Success != ok || a.Messages == nil {
				t.Errorf("envelope %s", a.body)
			}
			if a.header.Get("Cf-Ray") == "" {
				t.Error("no request identifier")
			}
		})
	}
}

func wrap(before string, r io.Reader, after string) io.Reader {
	return io.MultiReader(strings.NewReader(before), r, strings.NewReader(after))
}

// A bulk write leaves out what comes too soon, and says which.
func TestBulkWriteTellsWhatWasRefused(t *testing.T) {
	h := start(t, "embedded://?profile=none&propagation=0&writes=strict", Config{})
	h.put("a", "old")
	a := h.do("PUT", h.space+"/bulk", strings.NewReader(`[{"key":"a","value":"new"},{"key":"b","value":"new"}]`))
	got, err := json.Marshal(a.Result)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"successful_key_count":1,"unsuccessful_keys":["a"]}`; a.status != 200 || string(got) != want {
		t.Errorf("%d %s", a.status, got)
	}
	if v := h.do("GET", h.value("a"), nil); string(v.body) != "old" {
		t.Errorf("a is %s", v.body)
	}
}

// The REST API takes 1,200 calls in 5 minutes, and then none for 5.
func TestCallLimit(t *testing.T) {
	h := start(t, "embedded://?profile=none&propagation=0", Config{Limit: true})
	h.put("k", "v")
	var a answer
	for range 1199 {
		a = h.do("GET", h.value("k"), nil)
		if a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	if got := a.header.Get("Ratelimit"); !strings.HasPrefix(got, `"default";r=0;t=`) {
		t.Error(got)
	}
	a = h.do("GET", h.value("k"), nil)
	if a.status != 429 || a.Errors[0] != (message{971, "Please wait and consider throttling your request speed"}) || a.header.Get("Retry-After") != "300" {
		t.Errorf("%d %v %s", a.status, a.header, a.body)
	}
	h.clk.advance(4 * time.Minute)
	if a := h.do("GET", h.value("k"), nil); a.status != 429 {
		t.Error("the block ended early")
	}
	h.clk.advance(time.Minute)
	if a := h.do("GET", h.value("k"), nil); a.status != 200 {
		t.Error("the block did not end")
	}
}

// The free plan includes 100,000 reads and 1,000 of each other kind a day.
func TestFreePlan(t *testing.T) {
	h := start(t, "embedded://?profile=none&propagation=0", Config{Free: true})
	spent := message{10048, "your account has reached the free usage limit for this operation for today"}
	for _, tt := range []struct {
		kind         string
		fill         func() answer // spends what is left but one, or less
		times        int
		method, path string
	}{
		{"writes", func() answer { return h.do("PUT", h.space+"/bulk", list(999, `{"key":"k","value":"v"}`)) }, 1, "PUT", h.value("k")},
		{"deletes", func() answer { return h.do("POST", h.space+"/bulk/delete", list(999, `"k"`)) }, 1, "DELETE", h.value("k")},
		{"lists", func() answer { return h.do("GET", h.space+"/keys", nil) }, 999, "GET", h.space + "/keys"},
		{"reads", func() answer { return h.do("POST", h.space+"/bulk/get", wrap(`{"keys":`, list(100, `"k"`), `}`)) }, 1000, "GET", h.value("there")},
	} {
		t.Run(tt.kind, func(t *testing.T) {
			for range tt.times {
				if a := tt.fill(); a.status != http.StatusOK {
					t.Fatalf("%d %s", a.status, a.body)
				}
			}
			if tt.kind != "reads" { // of which none is left
				if a := h.do(tt.method, tt.path, strings.NewReader("v")); a.status != http.StatusOK {
					t.Errorf("the last one: %d %s", a.status, a.body)
				}
			}
			if a := h.do(tt.method, tt.path, strings.NewReader("v")); a.status != 429 || a.Errors[0] != spent {
				t.Errorf("one too many: %d %s", a.status, a.body)
			}
		})
	}
	h.clk.advance(24 * time.Hour)
	h.put("there", "v")
	if a := h.do("GET", h.value("there"), nil); a.status != http.StatusOK {
		t.Errorf("the day after: %d %s", a.status, a.body)
	}
}
