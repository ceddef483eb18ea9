#include "trust/renewal.h"

#include <utility>

#include <sys/stat.h>

namespace sluice::trust {
namespace {

std::vector<FileMark> marks_of(const std::vector<std::filesystem::path>& files) {
  std::vector<FileMark> marks;
  marks.reserve(files.size());
  for (const std::filesystem::path& file : files)
    marks.push_back(mark_of(file));
  return marks;
}

}  // namespace

FileMark mark_of(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return {};
  return {.inode = status.st_ino,
          .size = static_cast<std::uint64_t>(status.st_size),
          .mode = status.st_mode,
          .modified = std::chrono::seconds(status.st_mtim.tv_sec) +
                      std::chrono::nanoseconds(status.st_mtim.tv_nsec)};
}

Renewal::Renewal(std::vector<Kept> kept, Listener listener) : listener_(std::move(listener)) {
  for (Kept& one : kept) {
    auto marks = marks_of(one.files);
    states_.push_back({std::move(one), std::move(marks)});
  }
}

void Renewal::look(Moment now) {
  for (State& state : states_) {
    // Before they are read: what changes meanwhile is seen by the next look.
    auto marks = marks_of(state.kept.files);
    if (marks != state.read) {
      // Told of: a new attempt by a person, with as much patience as the first.
      if (std::exchange(state.is_told, false)) state.failing.reset();
    } else if (!state.failing) {
      continue;
    }
    attempt(state, std::move(marks), now, patience);
  }
}

void Renewal::renew_changed(Moment now) {
  for (State& state : states_) {
    auto marks = marks_of(state.kept.files);
    if (marks == state.read && !state.failing) continue;
    state.is_told = false;
    attempt(state, std::move(marks), now, std::chrono::seconds(0));
  }
}

void Renewal::attempt(State& state, std::vector<FileMark> marks, Moment now,
                      std::chrono::seconds patience_left) {
  state.read = std::move(marks);
  if (const auto renewed = state.kept.renew(); renewed) {
    state.failing.reset();
    state.is_told = false;
    listener_.renewed(state.kept.name, *renewed);
  } else {
    if (!state.failing) state.failing = now;
    if (state.is_told || now - *state.failing < patience_left) return;
    state.is_told = true;
    listener_.failed(state.kept.name, renewed.error());
  }
}

}  // namespace sluice::trust
