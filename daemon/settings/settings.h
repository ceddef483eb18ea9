// Everything that the YAML and JSON files say, checked, as plain values. What is in here needs no
// further checking by whoever uses it. Each part of Sluice owns the type of its own settings and
// knows nothing of this folder; the programs hand them over.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "adapters/disk/format.h"
#include "adapters/front_end/exchange_table.h"
#include "adapters/front_end/odbc/exchange_database.h"
#include "entry/code_table.h"
#include "intake/mapping.h"
#include "intake/reject_limit.h"
#include "journal/limits.h"
#include "link/uplink.h"
#include "observe/log_settings.h"
#include "people/session.h"
#include "record/identifiers.h"
#include "record/manifest.h"
#include "record/signers.h"
#include "record/table_schema.h"
#include "schedule/schedule.h"
#include "server/listen.h"
#include "settings/written.h"
#include "store/store_number.h"

namespace sluice::settings {

// One thing that is wrong, as an editor or a person finds it.
struct Complaint {
  std::filesystem::path file;
  int line = 0;    // from 1; 0: the file as a whole
  int column = 0;  // from 1; 0: the line as a whole
  std::string found;
  std::string expected;
  std::string suggestion;  // the nearest right name for a typo; may be empty
};
// "bureaus/park.yaml:12:3: found `chanels`, expected one of …; did you mean `channels`?"
[[nodiscard]] std::string to_string(const Complaint& complaint);

struct Identity {
  // RFC 2253, of the certificate that it has, or waits for; empty: whatever its certificate says.
  std::string subject;
  std::filesystem::path certificate;  // PEM
  std::filesystem::path key;          // PEM
  std::filesystem::path authorities;  // PEM bundle of the CAs that bureaus and nodes are issued by
  std::filesystem::path revocations;  // PEM bundle of CRLs; empty: none are checked
  // What this node signed by before, its name having been another one, or its authority.
  std::vector<record::SignerName> earlier;
  // Which of these files are not there: a new node waits for its certificate.
  std::vector<Complaint> missing;
};

// Where people reach the node with a browser.
struct Pages {
  server::Listen listen = server_of_pages();
  std::filesystem::path certificate;  // PEM
  std::filesystem::path key;          // PEM
  // PEM bundles: of those who certify people, and of their revocation lists. Empty: nobody is asked
  // for a certificate; no list is looked at.
  std::filesystem::path people_authorities;
  std::filesystem::path people_revocations;
  people::SessionLimits sessions;
  std::string time_zone = "Asia/Shanghai";  // IANA; of the times that are shown

  // A browser sends forms, and people stay on a page for a while.
  static server::Listen server_of_pages() {
    server::Listen listen;
    listen.port = 8444;
    listen.max_body_bytes = std::uint64_t{4} << 20;
    return listen;
  }
};

struct SqliteLocation {
  std::filesystem::path file;
};
struct PostgresqlLocation {
  std::string connection;               // libpq conninfo; may name several hosts; no password in it
  std::filesystem::path password_file;  // empty: none
};

// Another node that brings the batches of these bureaus to this one.
struct CarryingNode {
  record::NodeId name;
  record::Signers signers;             // of its calls and of its signatures
  std::set<record::BureauId> bureaus;  // each is brought by one node only
};

struct Node {
  record::NodeId name;
  std::filesystem::path state_directory;  // journals, the embedded store, the audit log
  // Bytes to be left free on its disk; nothing: the usual (files::usual_reserve).
  std::optional<std::uint64_t> reserve;
  std::filesystem::path control_socket;
  Identity identity;
  std::optional<server::Listen> listen;
  std::optional<Pages> pages;  // only with a store
  // Where batches go: exactly one of the two.
  std::optional<std::variant<SqliteLocation, PostgresqlLocation>> store;
  store::StoreNumber store_number;
  // How long a batch is deferred for its dataset's sake before it is held.
  std::chrono::milliseconds hold_after = std::chrono::minutes(10);
  // By how much the clocks of nodes that seal batches may be ahead of this one's.
  std::chrono::milliseconds clock_tolerance = std::chrono::minutes(5);
  std::optional<link::Uplink> uplink;
  std::vector<CarryingNode> nodes;  // only with a store
  observe::LogSettings log;
  journal::Limits journal;  // from the sections `journal` and `batch`
};

// What a bureau publishes by one of its channels, in order of preference.
struct Publication {
  record::DatasetId dataset;
  std::vector<record::Mode> channels;
  intake::Mapping mapping;
  intake::RejectLimit reject_limit;
  adapters::disk::Format disk;
  adapters::front_end::ExchangeTable front_end;
  std::uint64_t max_row_bytes = std::uint64_t{1} << 20;
};

struct DirectChannel {};
struct ManualEntryChannel {};
struct DiskChannel {
  // Watched for files named DATASET.csv or DATASET-anything.csv; empty: none is watched.
  std::filesystem::path drop_folder;
  // Of an import that the watch starts.
  std::chrono::seconds time_limit = std::chrono::hours(1);
  std::chrono::seconds cpu_limit = std::chrono::minutes(30);
  std::uint64_t memory_limit = std::uint64_t{512} << 20;  // bytes
};

// When the exchange database is compared with the central store.
struct Reconciliation {
  schedule::Schedule schedule;
  bool repairs = false;  // what differs is sent, not only told
};

struct FrontEndChannel {
  adapters::front_end::ExchangeDatabase database;
  std::optional<schedule::Schedule> schedule;  // nothing: it is collected from by hand only
  std::optional<Reconciliation> reconciliation;
};

struct Bureau {
  record::BureauId id;
  std::string name;
  // Of the client certificates that speak for this bureau; no other's on this node.
  record::Signers signers;
  std::optional<DirectChannel> direct;
  std::optional<FrontEndChannel> front_end;
  std::optional<DiskChannel> disk;
  std::optional<ManualEntryChannel> manual_entry;  // only at the home of the bureau's stream
  std::vector<Publication> publishes;
};

struct Settings {
  Node node;
  std::map<record::BureauId, Bureau> bureaus;
  std::map<record::DatasetId, record::Dataset> datasets;
  // Those that fields name by `sluice:codes`, by that name; in their files' order.
  std::map<std::string, std::vector<entry::CodeEntry>> code_tables;
  Written written;  // of which all of this was read

  // The other node that brings this bureau's batches here; null where they begin on this node.
  [[nodiscard]] const CarryingNode* carrier(const record::BureauId& bureau) const;
};

}  // namespace sluice::settings
