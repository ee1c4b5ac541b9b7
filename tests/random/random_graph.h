// Random graphs and inputs without source text: every node kind, operator and table, with operands of fitting kinds
// most of the time and of any kind now and then.
#pragma once
#include "../rasp/graph_builder.h"
#include "rng.h"

namespace rasp::testing {

inline Value random_atom(Rng& rng) {
  static const std::vector<Value> interesting = {
      Value::real(0.5),  Value::real(-1.5),    Value::real(2.5),      Value::real(0.1),     Value::real(-0.0),
      Value::real(1e20), Value::boolean(true), Value::boolean(false), Value::string("a"),   Value::string("b"),
      Value::string(""), Value::string("2"),   Value::string("-1.5"), Value::string("<%s>")};
  return rng.percent(50) ? Value::integer(std::int64_t{rng.between(-3, 4)}) : rng.pick(interesting);
}

// Tokens of one kind, or of any kind.
inline std::vector<Value> random_input(Rng& rng, std::size_t n) {
  const unsigned kind = static_cast<unsigned>(rng.below(5));
  std::vector<Value> out;
  while (out.size() < n) {
    const char letter[] = {static_cast<char>('a' + rng.below(3)), 0},
               digit[] = {static_cast<char>('0' + rng.below(4)), 0};
    switch (kind) {
      case 0:
      case 1: out.push_back(Value::string(letter)); break;
      case 2: out.push_back(Value::string(digit)); break;
      case 3: out.push_back(Value::integer(std::int64_t{rng.between(-2, 3)})); break;
      default: out.push_back(random_atom(rng));
    }
  }
  return out;
}

class RandomGraph {
 public:
  GraphBuilder builder;

  RandomGraph(std::uint64_t seed, std::size_t size) : rng_(seed) {
    sops_ = {builder.tokens(), builder.indices(), builder.constant(1)};
    selectors_ = {builder.full()};
    while (builder.graph.size() < size) grow();
  }

 private:
  NodeId sop() {
    return rng_.percent(50) ? sops_[sops_.size() - 1 - rng_.below(std::min<std::size_t>(4, sops_.size()))]
                            : rng_.pick(sops_);
  }
  NodeId selector() { return rng_.pick(selectors_); }
  void keep(NodeId id) { (is_selector(builder.graph[id].kind) ? selectors_ : sops_).push_back(id); }

  void grow() {
    static const std::vector<Op> binary = {Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Mod, Op::Pow,
                                           Op::Eq,  Op::Ne,  Op::Lt,  Op::Le,  Op::Gt,  Op::Ge,
                                           Op::And, Op::Or,  Op::Add, Op::Sub, Op::Mul, Op::Eq};
    static const std::vector<Op> unary = {Op::Not,   Op::Neg,   Op::Pos,     Op::Round, Op::Indicator,
                                          Op::ToStr, Op::ToInt, Op::ToFloat, Op::ToBool};
    static const std::vector<Op> comparisons = {Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge};
    switch (rng_.below(12)) {
      case 0: keep(builder.tokens(static_cast<Conversion>(rng_.below(5)))); break;
      case 1: keep(builder.constant(random_atom(rng_))); break;
      case 2:
      case 3: keep(builder.op(rng_.pick(binary), {sop(), sop()})); break;
      case 4: keep(builder.op(rng_.pick(unary), {sop()})); break;
      case 5: keep(builder.op(Op::Choose, {sop(), sop(), sop()})); break;
      case 6: table(); break;
      case 7:
      case 8: keep(builder.aggregate(selector(), sop(), random_atom(rng_))); break;
      case 9: keep(builder.width(selector())); break;
      case 10: keep(builder.select(sop(), sop(), rng_.pick(comparisons))); break;
      default:
        if (rng_.percent(30)) keep(builder.combine(NodeKind::SelectorNot, {selector()}));
        else
          keep(builder.combine(rng_.percent(50) ? NodeKind::SelectorAnd : NodeKind::SelectorOr,
                               {selector(), selector()}));
    }
    if (rng_.percent(1)) keep(builder.illegal());
  }

  void table() {
    LookupTable t;
    t.kind = static_cast<LookupTable::Kind>(rng_.below(3));
    const std::size_t size = 1 + rng_.below(5);
    const Value first = random_atom(rng_);
    for (std::size_t i = 0; i < size; ++i) {
      Value entry = random_atom(rng_);
      if (entry.is_string() != first.is_string() && rng_.percent(90)) entry = first;  // mostly of one type
      if (t.kind == LookupTable::Kind::String) entry = Value::string(std::string(1, static_cast<char>('p' + i)));
      Value key = random_atom(rng_);
      bool repeated = false;
      for (const Value& k : t.keys) repeated = repeated || equal(k, key);
      if (t.kind == LookupTable::Kind::Dict && repeated) continue;
      if (t.kind == LookupTable::Kind::Dict) t.keys.push_back(key);
      t.entries.emplace_back(entry);
    }
    if (t.kind == LookupTable::Kind::List && rng_.percent(50)) {
      keep(builder.table(Op::Contains, sop(), t));
      return;
    }
    if (rng_.percent(10)) t.entries.back().reset();
    keep(builder.table(Op::Lookup, sop(), t));
  }

  Rng rng_;
  std::vector<NodeId> sops_, selectors_;
};

}  // namespace rasp::testing
