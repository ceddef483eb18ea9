#include "jobs/uninterrupted.h"

namespace sluice::jobs {
namespace {

// A handler has nothing else to write to.
volatile std::sig_atomic_t noted = 0;

void note_signal(int signal) {
  noted = signal;
}

}  // namespace

Uninterrupted::Uninterrupted() {
  noted = 0;
  struct sigaction noting {};
  noting.sa_handler = note_signal;
  noting.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < std::size(signals_); ++i) {
    ::sigaction(signals_[i], nullptr, &before_[i]);
    // What the program was told to ignore when it was started stays ignored (nohup).
    if (before_[i].sa_handler != SIG_IGN) ::sigaction(signals_[i], &noting, nullptr);
  }
}

Uninterrupted::~Uninterrupted() {
  for (std::size_t i = 0; i < std::size(signals_); ++i)
    ::sigaction(signals_[i], &before_[i], nullptr);
  if (noted != 0) std::raise(noted);
}

bool Uninterrupted::is_asked_to_end() const {
  return noted != 0;
}

void Uninterrupted::forget() const {
  noted = 0;
}

}  // namespace sluice::jobs
