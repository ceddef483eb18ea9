#include "exchange/reception_pool.h"

#include <algorithm>
#include <utility>

namespace sluice::exchange {

ReceptionPool::ReceptionPool(std::size_t receptions, Open open)
    : open_(std::move(open)), threads_(receptions), most_(receptions) {}

ReceptionPool::~ReceptionPool() {
  join();
}

ReceptionPool::Strand ReceptionPool::strand_of(const record::BureauId& bureau) {
  const std::lock_guard lock(mutex_);
  return strands_.try_emplace(bureau, threads_.get_executor()).first->second;
}

Result<std::unique_ptr<Reception>> ReceptionPool::borrow(const record::BureauId& bureau) {
  {
    const std::lock_guard lock(mutex_);
    auto found = std::ranges::find(free_, bureau, &Free::bureau);
    // While fewer are open than may be, another one leaves the others their bureaus.
    if (found == free_.end() && opened_ >= most_) found = free_.begin();
    if (found != free_.end()) {
      auto reception = std::move(found->reception);
      free_.erase(found);
      return reception;
    }
    ++opened_;
  }
  auto reception = open_();
  if (!reception) {
    const std::lock_guard lock(mutex_);
    --opened_;
  }
  return reception;
}

void ReceptionPool::give_back(const record::BureauId& bureau,
                              std::unique_ptr<Reception> reception) {
  const std::lock_guard lock(mutex_);
  free_.push_back({bureau, std::move(reception)});
}

}  // namespace sluice::exchange
