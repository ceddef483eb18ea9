// One daemon a state directory: two would seal, send and let go of the same journals, each by what
// it knows itself, whatever their sockets and ports are called.
#pragma once

#include <expected>
#include <utility>

#include "files/file_descriptor.h"
#include "installation/paths.h"
#include "record/failure.h"

namespace sluice::installation {

// Who holds it is the only daemon, or stands in its place, until it goes or the process does.
// Commands that take rows do not ask for it: they work beside the daemon.
class SoleDaemon {
 public:
  // Does not wait. Where another process holds it: who that is, and what to do.
  [[nodiscard]] static std::expected<SoleDaemon, record::Flaw> take(const Paths& paths);

 private:
  explicit SoleDaemon(files::FileDescriptor file) : file_(std::move(file)) {}
  files::FileDescriptor file_;
};

}  // namespace sluice::installation
