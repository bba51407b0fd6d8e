package fleet

import (
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
)

// distrust says what is wrong with the server's certificate, or with this process's, which has none.
func (a *Access) distrust(err error) error {
	if strings.HasPrefix(err.Error(), "remote error: ") { // which the server has sent
		return fmt.Errorf("TLS: the NATS server at %s wants a certificate of each who connects (%w), and kvbench has none: have it take a token or credentials alone", a.URL, err)
	}
	if _, is := errors.AsType[x509.UnknownAuthorityError](err); is {
		if a.CA == "" {
			return fmt.Errorf("TLS: the NATS server at %s: %w: set %s to a file of the certificates of those who sign its", a.URL, err, CAVariable)
		}
		return fmt.Errorf("TLS: the NATS server at %s: %w: none of those in the file that %s names has signed its certificate", a.URL, err, CAVariable)
	}
	if _, is := errors.AsType[x509.HostnameError](err); is {
		return fmt.Errorf("TLS: the NATS server at %s: %w: name the server in the URL as its certificate does", a.URL, err)
	}
	if invalid, is := errors.AsType[x509.CertificateInvalidError](err); is && invalid.Reason == x509.Expired {
		return fmt.Errorf("TLS: the NATS server at %s: %w: the server needs a new one, or this machine's clock is off", a.URL, err)
	}
	return fmt.Errorf("TLS: %w; %s names a file with the certificates of those who sign the server's", err, CAVariable)
}
