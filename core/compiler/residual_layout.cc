#include "compiler/residual_layout.h"

#include <algorithm>

namespace rasp {

bool is_code(const Unit& unit) {
  return unit.kind == UnitKind::TokensCode || unit.kind == UnitKind::IndicesCode ||
         unit.kind == UnitKind::AggregateCode || unit.kind == UnitKind::MlpCode;
}

namespace {

constexpr std::int32_t always = 1 << 30;

class Layout {
 public:
  Layout(const Plan& plan, const Schedule& schedule, Budget& budget)
      : plan_(plan), schedule_(schedule), budget_(budget) {
    out_.dims.resize(plan.units.size());
    out_.dead.assign(plan.units.size(), -1);
    out_.clears.resize(static_cast<std::size_t>(schedule.layers));
    out_.order.assign(plan.order.rbegin(), plan.order.rend());
    std::stable_sort(out_.order.begin(), out_.order.end(),
                     [&](UnitId a, UnitId b) { return schedule.written[a] < schedule.written[b]; });
  }

  ResidualLayout run(bool reuse) {
    if (reuse) find_last_reads();
    for (UnitId id : out_.order) {
      budget_.tick(4);
      const Unit& unit = plan_.units[id];
      auto& dims = out_.dims[id];
      dims.assign(is_code(unit) ? unit.kept.size() : 1, -1);
      for (std::size_t c = 0; c < dims.size(); ++c) {
        if (is_code(unit) && !unit.kept[c]) continue;
        dims[c] = reuse && starts_at_zero(unit, c) ? used_again(id) : -1;
        if (dims[c] < 0) dims[c] = out_.d_model++;
      }
      if (reuse && last_read_[id] < always) offer(id);
    }
    for (auto& list : out_.clears)
      std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.unit < b.unit; });
    return std::move(out_);
  }

 private:
  // Dimensions whose owner nothing reads after half-layer `from - 1`: free for those written after the MLP that clears
  // them.
  struct Offer {
    UnitId unit;
    std::int32_t from;
    bool both_signs;
    std::vector<std::int32_t> dimensions;
  };

  void find_last_reads() {
    last_read_.assign(plan_.units.size(), -1);
    exact_.assign(plan_.units.size(), false);
    for (UnitId id : plan_.order)
      for (UnitId d : dependencies(plan_, plan_.units[id]))
        last_read_[d] = std::max(last_read_[d], schedule_.written[id]);
    auto output = [&](UnitId id) {
      if (id != no_unit) last_read_[id] = always;
    };
    output(plan_.output_code.unit);
    for (const auto& t : plan_.output_number.numbers) output(t.unit);
    for (const auto& t : plan_.output_number.codes) output(t.read.unit);
    std::size_t most = 1;
    for (const auto& units : schedule_.mlps) {
      std::size_t n = 0;
      for (UnitId id : units) n += neuron_count(plan_.units[id]);
      room_.push_back(n);
      most = std::max(most, n);
    }
    for (std::size_t& n : room_) n = most - n;
    for (UnitId id : out_.order) {  // whose numbers are exact and not below zero, at every position
      const Unit& u = plan_.units[id];
      exact_[id] = u.kind == UnitKind::TokensCode || u.kind == UnitKind::IndicesCode ||
                   u.kind == UnitKind::IndicesNumber ||
                   (u.kind == UnitKind::MlpCode && !u.has_axis &&
                    std::all_of(u.inputs.begin(), u.inputs.end(),
                                [&](const CodeRead& r) { return r.unit == no_unit || exact_[r.unit]; }));
    }
  }

  // The value of an empty row comes with the positional embeddings, where its dimension must be its own from the start.
  static bool starts_at_zero(const Unit& u, std::size_t c) {
    if (u.kind == UnitKind::AggregateCode) return u.default_class != static_cast<std::int32_t>(c);
    return u.kind == UnitKind::MlpCode || u.kind == UnitKind::MlpNumber || u.kind == UnitKind::WidthNumber ||
           (u.kind == UnitKind::AggregateNumber && u.default_number == 0);
  }

  void offer(UnitId id) {
    Offer o{id, std::max(last_read_[id], schedule_.written[id] + 1), !exact_[id], out_.dims[id]};
    o.dimensions.erase(std::remove(o.dimensions.begin(), o.dimensions.end(), -1), o.dimensions.end());
    if (!o.dimensions.empty()) offers_.push_back(std::move(o));
  }

  // A dimension for unit `id` that an MLP with room can clear before; -1: none.
  std::int32_t used_again(UnitId id) {
    for (Offer& o : offers_) {
      const std::size_t neurons = o.both_signs ? 2 : 1;
      if (o.dimensions.empty()) continue;
      std::size_t best = 0;
      std::int32_t at = 0;
      for (std::int32_t half = std::max(2, o.from + o.from % 2); half < schedule_.written[id]; half += 2) {
        const std::size_t room = room_[static_cast<std::size_t>(half / 2 - 1)];
        if (room >= neurons && room > best) best = room, at = half;
      }
      if (at == 0) continue;
      const std::int32_t dimension = o.dimensions.front();
      o.dimensions.erase(o.dimensions.begin());
      room_[static_cast<std::size_t>(at / 2 - 1)] -= neurons;
      out_.clears[static_cast<std::size_t>(at / 2 - 1)].push_back({o.unit, dimension, o.both_signs});
      std::int32_t& dead = out_.dead[o.unit];
      dead = dead < 0 ? at : std::min(dead, at);
      return dimension;
    }
    return -1;
  }

  const Plan& plan_;
  const Schedule& schedule_;
  Budget& budget_;
  ResidualLayout out_;
  std::vector<std::int32_t> last_read_;  // [unit] half-layer; -1: nobody; always: the output
  std::vector<bool> exact_;              // [unit]
  std::vector<std::size_t> room_;        // [layer] neurons up to d_mlp
  std::vector<Offer> offers_;
};

}  // namespace

ResidualLayout lay_out(const Plan& plan, const Schedule& schedule, bool reuse, Budget& budget) {
  return Layout(plan, schedule, budget).run(reuse);
}

}  // namespace rasp
