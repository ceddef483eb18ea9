// How a server of PostgreSQL is reached, and what every connection of ours asks of it, so that both
// doors to it, libpq and libpqxx (docs/decisions/0017), connect in one way.
#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "record/failure.h"

namespace sluice::postgresql {

struct Access {
  // libpq conninfo or URI. With several hosts the one that takes writes is looked for, unless it
  // says otherwise itself (target_session_attrs). A server that is not on this machine must prove
  // by its certificate that it is the one, unless it says otherwise itself (sslmode).
  std::string connection;
  // Holds the password in its first line, and is read whenever a connection is made; empty: none.
  std::filesystem::path password_file;
  // How long a connection may take to be made; a server or network that is gone is noticed in three
  // times that. At least two seconds.
  std::chrono::seconds patience{10};
};

enum class AccessProblem { not_understood, no_password };
using AccessFailure = record::Failure<AccessProblem>;

// Keywords and values, as for PQconnectdbParams.
using Parameters = std::map<std::string, std::string>;

// What `access` says, our defaults where it says nothing, and the password from its file.
[[nodiscard]] std::expected<Parameters, AccessFailure> parameters(const Access& access);
// The same as one conninfo string. It holds the password: never print it.
[[nodiscard]] std::string conninfo(const Parameters& parameters);

// The `sslmode` of a connection that leaves this machine, where it says one by which anybody on the
// way could be the server.
[[nodiscard]] std::optional<std::string> weak_sslmode(const std::string& connection);

// Whether libpq understands it at all; reads no file.
[[nodiscard]] std::expected<void, AccessFailure> check(const Access& access);

}  // namespace sluice::postgresql
