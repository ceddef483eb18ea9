// Owners and modes: that the service may read what it needs and write its state, and that nobody
// else may read a secret or change what the node obeys.
#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "doctor/checks.h"
#include "setup/initial_configuration.h"

namespace sluice::doctor {
namespace {

constexpr const char* files_group = "Files";
// Below a state directory there are files by bureau and dataset.
constexpr std::size_t most_files_looked_at = 10'000;
constexpr std::size_t most_named = 3;

struct User {
  uid_t id;
  gid_t group;
};

std::optional<User> user_named(const std::string& name) {
  std::array<char, 16384> memory{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwnam_r(name.c_str(), &entry, memory.data(), memory.size(), &found) != 0 ||
      found == nullptr) {
    return std::nullopt;
  }
  return User{found->pw_uid, found->pw_gid};
}

std::string name_of_user(uid_t id) {
  std::array<char, 16384> memory{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(id, &entry, memory.data(), memory.size(), &found) != 0 || found == nullptr) {
    return std::to_string(id);
  }
  return found->pw_name;
}

std::optional<struct stat> status_of(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return std::nullopt;
  return status;
}

std::string mode_of(const struct stat& status) {
  return fmt::format("{:04o}", status.st_mode & 07777U);
}

// As whom the daemon runs, or is to: the packaged service's user where the state is the package's,
// else whose the state directory is.
std::optional<User> owner_of_state(const Surroundings& node) {
  const auto service = user_named(node.service_user);
  if (service && node.node.state_directory == setup::packaged_state) return service;
  const auto status = status_of(node.node.state_directory);
  if (!status) return service;
  return User{status->st_uid, status->st_gid};
}

// Those of the unit's SupplementaryGroups= are not known here.
std::vector<gid_t> groups_of(const User& user) {
  const std::string name = name_of_user(user.id);
  const auto entry = user_named(name);
  int count = 64;
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  const gid_t first = entry ? entry->group : user.group;
  if (::getgrouplist(name.c_str(), first, groups.data(), &count) < 0) {
    groups.resize(static_cast<std::size_t>(count));  // as many as there are
    ::getgrouplist(name.c_str(), first, groups.data(), &count);
  }
  groups.resize(std::min(groups.size(), static_cast<std::size_t>(count)));
  groups.push_back(user.group);
  return groups;
}

bool has_access_list(const std::filesystem::path& file) {
  return ::getxattr(file.c_str(), "system.posix_acl_access", nullptr, 0) > 0;
}

// Nothing: it can not be told by anybody else, since the file has an access list.
std::optional<bool> may_read(const User& user, const std::filesystem::path& file,
                             const struct stat& status) {
  if (user.id == ::geteuid()) {
    return ::faccessat(AT_FDCWD, file.c_str(), R_OK, AT_EACCESS) == 0;
  }
  if (user.id == 0) return true;
  if (user.id == status.st_uid) return (status.st_mode & S_IRUSR) != 0;
  if (has_access_list(file)) return std::nullopt;
  if (std::ranges::count(groups_of(user), status.st_gid) != 0) {
    return (status.st_mode & S_IRGRP) != 0;
  }
  return (status.st_mode & S_IROTH) != 0;
}

std::string how_to_close(const Surroundings& node, const std::filesystem::path& file) {
  const bool has_service = user_named(node.service_user).has_value();
  return has_service ? fmt::format("`chown root:{0} {1} && chmod 0640 {1}`", node.service_user,
                                   file.string())
                     : fmt::format("`chmod 0600 {}`", file.string());
}

struct Secret {
  std::string called;
  std::filesystem::path file;
};

std::vector<Secret> secrets_of(const Surroundings& node) {
  std::vector<Secret> secrets{{"the key", node.node.identity.key}};
  if (node.node.pages) secrets.push_back({"the key of the pages", node.node.pages->key});
  if (node.node.store) {
    const auto* server = std::get_if<settings::PostgresqlLocation>(&*node.node.store);
    if (server != nullptr && !server->password_file.empty()) {
      secrets.push_back({"the password of the central store", server->password_file});
    }
  }
  if (!node.all) return secrets;
  for (const auto& [id, bureau] : node.all->bureaus) {
    if (!bureau.front_end || bureau.front_end->database.password_file.empty()) continue;
    secrets.push_back({fmt::format("the password of {}'s exchange database", id.str()),
                       bureau.front_end->database.password_file});
  }
  return secrets;
}

// Nothing: the service may read it.
std::optional<Finding> not_readable(const Surroundings& node, const User& reader,
                                    const Secret& secret, const struct stat& status) {
  const auto readable = may_read(reader, secret.file, status);
  const std::string name = name_of_user(reader.id);
  if (!readable.has_value()) {
    return warning(secret.file.string(),
                   fmt::format("{}: it has an access list, so that whether {} may read it can not "
                               "be told by another user",
                               secret.called, name),
                   fmt::format("`runuser -u {} -- {}`", name, node.command("sluice", "doctor")));
  }
  if (*readable) return std::nullopt;
  return wrong(secret.file.string(),
               fmt::format("{}: {} as which sluiced runs may not read it (owner {}, mode {})",
                           secret.called, name, name_of_user(status.st_uid), mode_of(status)),
               how_to_close(node, secret.file));
}

Findings look_at_secrets(const Surroundings& node) {
  Findings findings;
  const auto reader = owner_of_state(node);
  std::size_t good = 0;
  for (const Secret& secret : secrets_of(node)) {
    const auto status = status_of(secret.file);
    if (!status) continue;  // that it is there is asked where it is needed
    if ((status->st_mode & S_IRWXO) != 0) {
      findings.push_back(wrong(
          secret.file.string(),
          fmt::format("{}: mode {}, so everybody on this machine may use it; "
                      "expected 0640 or 0600",
                      secret.called, mode_of(*status)),
          how_to_close(node, secret.file) + "; consider it known to others, and make another one"));
    } else if ((status->st_mode & S_IWGRP) != 0) {
      findings.push_back(
          warning(secret.file.string(),
                  fmt::format("{}: mode {}, so its group may change it; expected 0640 or 0600",
                              secret.called, mode_of(*status)),
                  how_to_close(node, secret.file)));
    } else if (auto finding = reader ? not_readable(node, *reader, secret, *status)
                                     : std::optional<Finding>()) {
      findings.push_back(std::move(*finding));
    } else {
      ++good;
    }
  }
  if (findings.empty() && good == 0) {
    return {skipped("secrets", "there are no keys and passwords yet")};
  }
  if (findings.empty()) {
    findings.push_back(
        ok("secrets", fmt::format("{} keys and passwords are closed to others", good)));
  }
  return findings;
}

Findings look_at_configuration_files(const Surroundings& node) {
  std::vector<std::filesystem::path> files{node.configuration, node.configuration / "node.yaml",
                                           node.configuration / "bureaus",
                                           node.configuration / "schemas"};
  std::error_code ignored;  // what is not there is nobody's to change
  for (const auto& entry :
       std::filesystem::directory_iterator(node.configuration / "bureaus", ignored)) {
    files.push_back(entry.path());
  }
  Findings findings;
  for (const auto& file : files) {
    const auto status = status_of(file);
    if (!status || (status->st_mode & S_IWOTH) == 0) continue;
    findings.push_back(wrong(file.string(),
                             fmt::format("mode {}: everybody on this machine may change what this "
                                         "node does",
                                         mode_of(*status)),
                             fmt::format("`chmod o-w {}`", file.string())));
  }
  if (findings.empty()) {
    findings.push_back(
        ok(node.configuration.string(), "nobody but its owner and group may change it"));
  }
  return findings;
}

// Files of the state that are somebody else's than the directory: a command that root gave.
Findings look_for_foreign_files(const Surroundings& node, const User& owner) {
  std::vector<std::string> foreign;
  std::size_t count = 0;
  std::size_t looked_at = 0;
  std::error_code error;
  using Walk = std::filesystem::recursive_directory_iterator;
  for (Walk at(node.node.state_directory,
               std::filesystem::directory_options::skip_permission_denied, error);
       !error && at != Walk() && looked_at < most_files_looked_at; at.increment(error)) {
    ++looked_at;
    // Of a check that runs at the same time, or another one of these.
    if (at.depth() == 0 && at->path().filename().string().starts_with(probe_name)) continue;
    struct stat status {};
    if (::lstat(at->path().c_str(), &status) != 0 || status.st_uid == owner.id) continue;
    if (++count <= most_named) foreign.push_back(at->path().filename().string());
  }
  if (count == 0) return {};
  std::string names;
  for (const std::string& name : foreign)
    names += (names.empty() ? "" : ", ") + name;
  return {
      wrong(node.node.state_directory.string(),
            fmt::format("{} of its files {} not {}'s: {}{}; sluiced may not write them", count,
                        count == 1 ? "is" : "are", name_of_user(owner.id), names,
                        count > most_named ? " …" : ""),
            fmt::format("`chown -R {0}: {1}`, and give commands by `runuser -u {0} -- sluice …`",
                        name_of_user(owner.id), node.node.state_directory.string()))};
}

Findings look_at_state_directory(const Surroundings& node) {
  const std::string place = node.node.state_directory.string();
  struct stat status {};
  if (::stat(place.c_str(), &status) != 0) {
    const int error = errno;
    if (error != ENOENT) {
      return {wrong(
          place, fmt::format("this user may not look ({})", std::generic_category().message(error)),
          "say it as root, or as the service's user")};
    }
    return {skipped(place, "it is not there yet: sluiced makes it when it starts first")};
  }
  if (!S_ISDIR(status.st_mode)) {
    return {wrong(place, "it is no directory", "name one by `node.state_directory`")};
  }
  const User owner = owner_of_state(node).value_or(User{status.st_uid, status.st_gid});
  if (status.st_uid != owner.id) {
    return {wrong(place,
                  fmt::format("it is {}'s, and sluiced runs as {}", name_of_user(status.st_uid),
                              name_of_user(owner.id)),
                  fmt::format("`chown -R {}: {}`", name_of_user(owner.id), place))};
  }
  Findings findings;
  if ((status.st_mode & (S_IROTH | S_IWOTH)) != 0) {
    findings.push_back(
        wrong(place,
              fmt::format("mode {}: others may {} what lies in it; expected 0750", mode_of(status),
                          (status.st_mode & S_IWOTH) != 0 ? "change" : "list"),
              fmt::format("`chmod 0750 {}`", place)));
  }
  Findings foreign = look_for_foreign_files(node, owner);
  findings.insert(findings.end(), foreign.begin(), foreign.end());
  if (findings.empty()) {
    findings.push_back(ok(
        place, fmt::format("all in it is {}'s, mode {}", name_of_user(owner.id), mode_of(status))));
  }
  return findings;
}

Findings look_at_drop_folders(const Surroundings& node) {
  Findings findings;
  for (const auto& [id, bureau] : node.all->bureaus) {
    if (!bureau.disk || bureau.disk->drop_folder.empty()) continue;
    const std::string place = bureau.disk->drop_folder.string();
    const auto status = status_of(place);
    if (!status || !S_ISDIR(status->st_mode)) {
      findings.push_back(wrong(
          place, fmt::format("the drop folder of {} is not there", id.str()),
          fmt::format("`mkdir {}`, or correct `drop_folder` in bureaus/{}.yaml", place, id.str())));
    } else if (const auto owner = owner_of_state(node);
               owner && owner->id == ::geteuid() && ::access(place.c_str(), W_OK | X_OK) != 0) {
      findings.push_back(
          wrong(place,
                fmt::format("{} may not move files in the drop folder of {}",
                            name_of_user(owner->id), id.str()),
                fmt::format("`setfacl -m u:{}:rwx {}`", name_of_user(owner->id), place)));
    } else {
      findings.push_back(ok(place, fmt::format("the drop folder of {}", id.str())));
    }
  }
  if (findings.empty()) findings.push_back(skipped("drop folders", "none is configured"));
  return findings;
}

}  // namespace

std::vector<Check> file_checks(const Shared& node) {
  const auto of = [&](const char* name, const std::filesystem::path& about,
                      Findings (*look)(const Surroundings&)) {
    return Check{.name = name,
                 .group = files_group,
                 .about = about.string(),
                 .needs = {},
                 .look = [node, look] { return look(*node); }};
  };
  std::vector<Check> checks{
      of("configuration-files", node->configuration, look_at_configuration_files),
      of("secrets", "secrets", look_at_secrets),
      of("state-directory", node->node.state_directory, look_at_state_directory)};
  bool has_drop_folder = false;
  if (node->all) {
    for (const auto& [id, bureau] : node->all->bureaus)
      has_drop_folder = has_drop_folder || (bureau.disk && !bureau.disk->drop_folder.empty());
  }
  if (has_drop_folder) checks.push_back(of("drop-folders", "drop folders", look_at_drop_folders));
  return checks;
}

}  // namespace sluice::doctor
