//! What can be named of a case: its process, its law and what is computed of them, each once.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use infodyn_bifurcation::{Diagram, Energy, Landscape, diagram, fixed_points};
use infodyn_closed_form::MixtureLaw;
use infodyn_core::{Channel, Covariance, Estimate, Kernel, Law, Mixture, NoiseLevel, NoiseProcess, Quantity};
use infodyn_core::{Route, ulps};
use infodyn_enclosure::Enclosure;
use infodyn_search::{Case, Effort};
use infodyn_statement::{Critical, Index, Subject, Symbol};

use super::named::{Named, Way};
use super::pointwise::Drawn;
use super::{Found, Gap};
use crate::critical::range;
use crate::profile::{Method, Settings, exists, profile_at};

/// Samples where integration does not serve: of one case of thousands, and of one that is reported.
const SAMPLES: [u64; 2] = [1 << 14, 1 << 18];

/// A law of the case: itself, the Gaussian of its covariance, this moved by its rounding, or a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Of {
    Law,
    Gaussian,
    Moved,
    Class(usize),
}

/// What is known of quantities at a level; `None` of one that was asked for in vain.
type Known = Vec<(Quantity, Option<Estimate>)>;

/// A case and what is known of it.
struct Shared<'a> {
    case: &'a Case,
    effort: Effort,
    method: Method,
    named: Named,
    laws: RefCell<HashMap<Of, Found<Arc<dyn Law>>>>,
    known: RefCell<HashMap<(Of, u64), Known>>,
    range: OnceCell<Found<(f64, f64)>>,
    diagram: OnceCell<Found<Diagram>>,
}

/// A case as a part of a statement sees it: at a level, for a label, at a point.
pub(super) struct World<'a> {
    shared: Rc<Shared<'a>>,
    level: Found<NoiseLevel>,
    label: Option<usize>,
    drawn: Option<(Rc<Drawn>, usize)>,
    /// How its level was come by.
    way: Way,
}

impl<'a> World<'a> {
    /// The case at its own level, for statements that name these quantities.
    pub(super) fn new(case: &'a Case, effort: Effort, method: Method, named: Named) -> Self {
        let shared = Shared {
            case,
            effort,
            method,
            named,
            laws: RefCell::default(),
            known: RefCell::default(),
            range: OnceCell::new(),
            diagram: OnceCell::new(),
        };
        let level = case.process.at_snr(case.snr()).map_err(|_| Gap::Outside);
        Self { shared: Rc::new(shared), level, label: None, drawn: None, way: Way::Here }
    }

    fn like(&self) -> Self {
        Self {
            shared: Rc::clone(&self.shared),
            level: self.level.clone(),
            label: self.label,
            drawn: self.drawn.clone(),
            way: self.way,
        }
    }

    pub(super) fn with_label(&self, label: usize) -> Self {
        Self { label: Some(label), ..self.like() }
    }

    pub(super) fn at_level(&self, level: NoiseLevel, way: Way) -> Self {
        Self { level: Ok(level), drawn: None, way, ..self.like() }
    }

    pub(super) fn at_point(&self, drawn: &Rc<Drawn>, i: usize) -> Self {
        Self { drawn: Some((Rc::clone(drawn), i)), ..self.like() }
    }

    pub(super) fn label(&self) -> Option<usize> {
        self.label
    }

    pub(super) fn point(&self) -> Option<Vec<f64>> {
        self.drawn.as_ref().map(|(drawn, i)| drawn.place(*i))
    }

    pub(super) fn drawn(&self) -> Found<(&Drawn, usize)> {
        self.drawn.as_ref().map(|(drawn, i)| (&**drawn, *i)).ok_or(Gap::Unknown("no point was drawn"))
    }

    pub(super) fn effort(&self) -> Effort {
        self.shared.effort
    }

    pub(super) fn process(&self) -> NoiseProcess {
        self.shared.case.process
    }

    pub(super) fn level(&self) -> Found<NoiseLevel> {
        self.level.clone()
    }

    pub(super) fn mixture(&self) -> &Mixture {
        &self.shared.case.law
    }

    pub(super) fn labels(&self) -> usize {
        self.mixture().label_weights().len()
    }

    pub(super) fn label_weights(&self) -> &[f64] {
        self.mixture().label_weights()
    }

    pub(super) fn law(&self) -> Found<Arc<dyn Law>> {
        self.law_of(Of::Law)
    }

    /// Points of the marginal at the level.
    pub(super) fn points(&self) -> Found<Rc<Drawn>> {
        let count = if self.effort() == Effort::Quick { 6 } else { 64 };
        Ok(Rc::new(Drawn::new(&*self.law()?, self.mixture(), &self.level()?, count)))
    }

    /// Logarithms of the ratios between which the law changes, within the process.
    pub(super) fn range(&self) -> Found<(f64, f64)> {
        let of = || {
            let (low, high) = range(&*self.law()?, &self.process())?;
            Ok((low.ln(), high.ln()))
        };
        self.shared.range.get_or_init(of).clone()
    }

    pub(super) fn weight(&self, index: Index) -> Found<Estimate> {
        let i = self.index(index)?;
        self.mixture().weights().get(i).map(|&w| Estimate::given(w)).ok_or(Gap::Outside)
    }

    pub(super) fn index(&self, index: Index) -> Found<usize> {
        match index {
            Index::Number(n) => Ok(n),
            Index::Each => self.label.ok_or(Gap::Unknown("no label stands for y")),
        }
    }

    fn channel(&self, of: Of) -> Found<Channel> {
        let level = self.level()?;
        Ok(Channel::new(self.law_of(of)?, self.process(), level.t())?.read_at(level))
    }

    fn kernel(&self) -> Found<Kernel> {
        if self.shared.method == Method::Enclosure {
            return Enclosure.kernel(&self.channel(Of::Law)?).map_err(|_| Gap::Unknown("the process is not enclosed"));
        }
        Ok(Kernel::from(&self.level()?))
    }

    pub(super) fn symbol(&self, symbol: Symbol) -> Found<Estimate> {
        let law = self.mixture();
        let entropy =
            |weights: &[f64]| -weights.iter().map(|&w| Estimate::near(w) * Estimate::near(w).ln()).sum::<Estimate>();
        Ok(match symbol {
            Symbol::T => Estimate::given(self.level()?.t()),
            Symbol::Alpha => self.kernel()?.alpha,
            Symbol::Sigma => self.kernel()?.sigma2.sqrt(),
            Symbol::Sigma2 => self.kernel()?.sigma2,
            Symbol::F => self.kernel()?.f,
            Symbol::G => self.kernel()?.g2.sqrt(),
            Symbol::G2 => self.kernel()?.g2,
            Symbol::Snr => self.snr()?,
            Symbol::LogSnr => self.snr()?.ln(),
            Symbol::SigmaOverAlpha => self.kernel()?.sigma2.sqrt() / self.kernel()?.alpha,
            Symbol::Dim => Estimate::count(law.dim()),
            Symbol::Components => Estimate::count(law.components()),
            Symbol::Points if law.is_atomic() => Estimate::count(law.components()),
            Symbol::Labels => Estimate::count(self.labels()),
            Symbol::Pi => Estimate::near(std::f64::consts::PI),
            Symbol::TotalVariance => self.covariance_number(|c| c.trace()),
            Symbol::TopVariance => self.covariance_number(|c| c.clone().symmetric_eigenvalues().max()),
            Symbol::LabelPriorEntropy => entropy(law.label_weights()),
            Symbol::DataEntropy if law.is_atomic() => entropy(law.weights()),
            Symbol::Modes => self.modes()?,
            Symbol::Points | Symbol::DataEntropy => return Err(Gap::Outside),
        })
    }

    fn snr(&self) -> Found<Estimate> {
        let kernel = self.kernel()?;
        Ok(kernel.alpha * kernel.alpha / kernel.sigma2)
    }

    /// What rounding can have done to an entry of the covariance: sums over components of products, and the rounding of
    /// means that lie far out.
    fn covariance_error(&self, trace: f64) -> f64 {
        let law = self.mixture();
        let far = law.means().iter().fold(0.0_f64, |m, x| m.max(x.abs()));
        let units = ulps::sum(law.components()) + ulps::eigenvalue(law.dim()) + ulps::operations(4);
        units * f64::EPSILON * (trace + 2.0 * far * f64::EPSILON * (trace.sqrt() + far))
    }

    fn covariance_number(&self, of: impl Fn(&nalgebra::DMatrix<f64>) -> f64) -> Estimate {
        let covariance = self.mixture().total_covariance();
        Estimate::new(of(&covariance), self.covariance_error(covariance.trace()))
    }

    fn law_of(&self, of: Of) -> Found<Arc<dyn Law>> {
        if let Some(known) = self.shared.laws.borrow().get(&of) {
            return known.clone();
        }
        let law = self.make(of);
        self.shared.laws.borrow_mut().insert(of, law.clone());
        law
    }

    fn make(&self, of: Of) -> Found<Arc<dyn Law>> {
        let law = self.mixture();
        Ok(MixtureLaw::of(match of {
            Of::Law => law.clone(),
            Of::Class(y) => law.given_label(y).map_err(|_| Gap::Outside)?.0,
            Of::Gaussian | Of::Moved => {
                let mut covariance = law.total_covariance();
                if of == Of::Moved {
                    let by = self.covariance_error(covariance.trace());
                    (0..law.dim()).for_each(|i| covariance[(i, i)] += by);
                }
                let rows: Vec<Vec<f64>> = covariance.row_iter().map(|row| row.iter().copied().collect()).collect();
                let shape = if law.dim() == 1 { Covariance::isotropic(rows[0][0]) } else { Covariance::full(&rows) };
                let shape = shape.map_err(|_| Gap::Unknown("a covariance is nearly singular"))?;
                Mixture::gaussian(law.total_mean().as_slice(), shape)?
            }
        }))
    }

    pub(super) fn quantity(&self, subject: Subject, quantity: Quantity) -> Found<Estimate> {
        match subject {
            Subject::Law => self.known(Of::Law, subject, quantity),
            Subject::Class(index) => self.known(Of::Class(self.index(index)?), subject, quantity),
            Subject::Gaussian => {
                // What rounding did to the covariance moves the quantity by so much, to first order, doubled.
                let here = self.known(Of::Gaussian, subject, quantity)?;
                let moved = self.known(Of::Moved, subject, quantity)?;
                Ok(here.widened(2.0 * (moved.value() - here.value()).abs()))
            }
        }
    }

    fn known(&self, of: Of, subject: Subject, quantity: Quantity) -> Found<Estimate> {
        let level = self.level()?;
        let key = (of, level.t().to_bits());
        let find = |known: &HashMap<(Of, u64), Known>| {
            known.get(&key).and_then(|known| known.iter().find(|(q, _)| *q == quantity)).map(|(_, found)| *found)
        };
        let none = || Gap::Unknown("a quantity was not computed");
        if let Some(found) = find(&self.shared.known.borrow()) {
            return found.ok_or_else(none);
        }
        let law = self.law_of(of)?;
        if !exists(&*law, quantity) {
            return Err(Gap::Outside);
        }
        let mut asked = vec![quantity];
        // What other statements ask for at the level is computed with it.
        let others = self.shared.named.at(self.way).filter(|(s, _)| *s == subject).map(|(_, q)| q);
        for q in others {
            if !asked.contains(&q) && exists(&*law, q) {
                asked.push(q);
            }
        }
        asked.sort();
        let mut values: Known = asked.iter().map(|&q| (q, None)).collect();
        let mut set = |q: Quantity, e: Estimate| {
            if let Some(value) = values.iter_mut().find(|v| v.0 == q) {
                value.1 = Some(e);
            }
        };
        if self.shared.method == Method::Enclosure {
            if let Ok(found) = infodyn_core::profile(&Enclosure, &self.channel(of)?, &asked) {
                found.iter().for_each(|(q, e)| set(q, e));
            }
        } else {
            let samples = SAMPLES[usize::from(self.effort() == Effort::Careful)];
            let method = self.shared.method;
            let rough = self.effort() == Effort::Quick;
            let settings = Settings { method, quantities: asked, samples: Some(samples), rough, ..Settings::default() };
            if let Ok(found) = profile_at(&law, self.process(), &level, &settings) {
                found.iter().filter(|v| v.estimate.is_finite()).for_each(|v| set(v.quantity, v.estimate));
            }
        }
        let found = values.iter().find(|v| v.0 == quantity).and_then(|v| v.1);
        self.shared.known.borrow_mut().entry(key).or_default().extend(values);
        found.ok_or_else(none)
    }

    fn landscape(&self) -> Found<Landscape> {
        // The marginal energy is the same under every process; `ve` has every ratio.
        Landscape::new(self.law()?, NoiseProcess::Ve, Energy::Marginal).map_err(|_| Gap::Outside)
    }

    /// The first bifurcation of a kind from noise to data.
    pub(super) fn critical(&self, critical: Critical) -> Found<Estimate> {
        const LOST: Gap = Gap::Unknown("the bifurcations could not all be made out");
        let of = || {
            let (low, high) = self.range()?;
            diagram(&self.landscape()?, (low.exp(), high.exp())).map_err(|_| LOST)
        };
        let found = self.shared.diagram.get_or_init(of).clone()?;
        let (pitchfork, fold) = (infodyn_bifurcation::Kind::Pitchfork, infodyn_bifurcation::Kind::Fold);
        let kinds: &[_] = match critical {
            Critical::Pitchfork => &[pitchfork],
            Critical::Fold => &[fold],
            Critical::Branching => &[pitchfork, fold],
        };
        match found.bifurcations.iter().find(|b| kinds.contains(&b.kind)) {
            Some(b) => {
                let radius = b.error + ulps::level(b.log_snr) * f64::EPSILON;
                Ok(Estimate::new(b.log_snr, radius).exp())
            }
            None if found.truncated || !found.lost.is_empty() => Err(LOST),
            None => Err(Gap::Outside),
        }
    }

    /// The stable zeros of the score.
    fn modes(&self) -> Found<Estimate> {
        const MISSED: Gap = Gap::Unknown("the modes could not all be found");
        let (landscape, snr) = (self.landscape()?, self.level()?.snr());
        let points = fixed_points(&landscape, snr).map_err(|_| MISSED)?;
        let incomplete = landscape.incomplete(&points, snr).map_err(|_| MISSED)?;
        // Near a fold or a pitchfork double precision cannot count.
        let degenerate = |p: &infodyn_bifurcation::FixedPoint| p.eigenvalues.iter().any(|e| e.abs() < 1e-6);
        if incomplete || points.is_empty() || points.iter().any(degenerate) {
            return Err(MISSED);
        }
        let stable = points.iter().filter(|p| p.stable()).count();
        Ok(Estimate::new(stable as f64, 0.0))
    }
}
