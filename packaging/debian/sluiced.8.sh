#!/bin/sh
# Prints the manual page sluiced(8). Its options come from the program's own help.
# usage: sluiced.8.sh SLUICED
set -eu
help=$("$1" --help)

# A line `  --option TYPE [default]   text` of the help, as a paragraph of the page.
options() {
  printf '%s\n' "$help" | awk '
    /^  -/ {
      at = match(substr($0, 3), /  +/)
      if (at == 0) { names = substr($0, 3); text = "" }
      else { names = substr($0, 3, at - 1); text = substr($0, 3 + at); sub(/^ +/, "", text) }
      gsub(/-/, "\\-", names)
      printf ".TP\n.B %s\n%s\n", names, text
      next
    }
    /^ +[^ ]/ && seen { sub(/^ +/, ""); print }
    { seen = /^  -/ || seen }'
}

cat <<'END'
.TH SLUICED 8 "" "Sluice" "System administration"
.SH NAME
sluiced \- exchange data between bureaus: the daemon
.SH SYNOPSIS
.B sluiced
.RI [ options ]
.SH DESCRIPTION
.B sluiced
takes the data of bureaus as it comes: by calls of its API, from exchange databases, as files in
drop folders, or keyed on its pages. It journals each row before it acknowledges it, and brings
batches of them, signed, to a central store: its own, or that of a center.
.PP
What it is, its configuration says:
.IR /etc/sluice/node.yaml .
Its operator's command is
.BR sluice (1).
.SH OPTIONS
END
options
cat <<'END'
.SH SIGNALS
.TP
.B SIGHUP
The configuration is read again, as by
.BR "sluice reload" ,
and certificates, keys and revocation lists that have changed.
.TP
.BR SIGTERM ", " SIGINT
What runs is ended in order, and nothing that was acknowledged is lost.
.SH EXIT STATUS
.TP
.B 0
It was told to end, and did; or
.B \-\-check\-config
found nothing wrong.
.TP
.B 1
It could not start or go on: disk, database, network. systemd starts it again.
.TP
.B 2
The command line or the configuration is wrong, or a later version has written to the state; systemd
does not start it again.
.SH ENVIRONMENT
.TP
.BR NOTIFY_SOCKET ", " WATCHDOG_USEC
Set by systemd: where it tells that it is ready, what it does and that it is alive, and how often
that is awaited.
.SH FILES
.TP
.I /etc/sluice/node.yaml
The node. Bureaus are beside it in
.IR bureaus/ ,
schemas of datasets in
.IR schemas/ ,
keys and certificates in
.IR tls/ .
.TP
.I /var/lib/sluice
Its state: journals, the embedded store, the audit log. What is acknowledged and not yet at the
center is here only.
.TP
.I /run/sluice/control.socket
Where
.BR sluice (1)
speaks to it; for the group
.BR sluice-operators .
.TP
.I /usr/share/doc/sluice
The documentation; begin with
.IR docs/install.md .
.SH SEE ALSO
.BR sluice (1),
.BR systemctl (1),
.BR journalctl (1)
END
