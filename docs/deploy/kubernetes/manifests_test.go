// Package kubernetes holds the manifests against the types that they are of.
package kubernetes

import (
	"bytes"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// types are those of the manifests, by kind and version.
var types = map[string]func() any{
	"v1/ConfigMap":             func() any { return new(corev1.ConfigMap) },
	"v1/Service":               func() any { return new(corev1.Service) },
	"v1/PersistentVolumeClaim": func() any { return new(corev1.PersistentVolumeClaim) },
	"apps/v1/StatefulSet":      func() any { return new(appsv1.StatefulSet) },
	"batch/v1/Job":             func() any { return new(batchv1.Job) },
}

// The manifests are built by kustomize, and each is of its type with no field that it does not have.
func TestManifests(t *testing.T) {
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), ".")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	jobs := map[string]*batchv1.Job{}
	for _, r := range built.Resources() {
		text, err := r.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		kind := r.GetApiVersion() + "/" + r.GetKind()
		make := types[kind]
		if make == nil {
			t.Errorf("%s %s is of no known type", kind, r.GetName())
			continue
		}
		to := make()
		if err := yaml.UnmarshalStrict(text, to); err != nil {
			t.Errorf("%s %s: %v", kind, r.GetName(), err)
		}
		if job, is := to.(*batchv1.Job); is {
			jobs[job.Name] = job
		}
		if bytes.Contains(text, []byte("kind: Secret")) {
			t.Errorf("%s has a secret in it", r.GetName())
		}
		seen[kind]++
	}
	for kind := range types {
		if seen[kind] == 0 {
			t.Errorf("there is no %s", kind)
		}
	}
	agents, leader := jobs["kvbench-agents"], jobs["kvbench-leader"]
	if agents == nil || leader == nil {
		t.Fatalf("jobs: %v", jobs)
	}
	if m := agents.Spec.CompletionMode; m == nil || *m != batchv1.IndexedCompletion {
		t.Error("the agents are no Indexed Job")
	}
	n := *agents.Spec.Completions
	if n != *agents.Spec.Parallelism || !strings.Contains(strings.Join(leader.Spec.Template.Spec.Containers[0].Args, " "), "--agents="+string(rune('0'+n))) {
		t.Errorf("the leader waits for other agents than the %d that there are", n)
	}
	for name, job := range jobs {
		c := job.Spec.Template.Spec.Containers[0]
		for _, e := range c.Env {
			if e.Name == "KVBENCH_NATS_TOKEN" && (e.ValueFrom == nil || e.ValueFrom.SecretKeyRef == nil) {
				t.Errorf("%s has the token in it", name)
			}
			if e.Name == "CLOUDFLARE_API_TOKEN" {
				t.Errorf("%s has a token of Cloudflare's, which the scenario has no use for", name)
			}
		}
		if s := c.SecurityContext; s == nil || s.RunAsNonRoot == nil || !*s.RunAsNonRoot || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem {
			t.Errorf("%s may do more than it has to", name)
		}
	}
}

// A field that there is not is refused: the test above can fail.
func TestStrict(t *testing.T) {
	if err := yaml.UnmarshalStrict([]byte("spec: {completionmode: Indexed, complétions: 4}"), new(batchv1.Job)); err == nil {
		t.Error("a field that there is not was taken")
	}
}
