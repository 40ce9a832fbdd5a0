use infodyn_enclosure::*; use std::time::Instant;
fn pair(k: f64) -> Line<Interval> { let c=|m:f64,l| Component{weight:Interval::point(0.5),mean:Interval::point(m),variance:Interval::ZERO,label:l}; Line::new(vec![c(1.0,0),c(-1.0,1)],Interval::ONE,Interval::point(k).recip()).unwrap() }
fn main(){
 for k in [0.1,0.5,1.0,2.0,4.0,16.0,100.0, 2000.0] { let l=pair(k);
  let t=Instant::now(); let h=l.mean(Moment::Entropy); let dt=t.elapsed(); 
  let t=Instant::now(); for _ in 0..20 { let _=l.mean(Moment::Entropy); } let dt2=t.elapsed()/20;
  match h { Ok(h)=>println!("k={k} H={h} width {:.1e} rel {:.1e} {dt:?} {dt2:?}",h.width(),h.relative_width()), Err(e)=>println!("{k} {e}") }
  let v=l.entropy_variance().unwrap(); let m=l.mean(Moment::PosteriorVariance).unwrap(); println!("   V={v} {:.1e} mmse={m} {:.1e}  one={}",v.relative_width(),m.relative_width(), l.mean(Moment::One).unwrap());
 }
 let t=Instant::now();
 let r=zero(Interval::new(1.2,1.5),|k| { let one=Jet::<Interval>::real(Interval::ONE); let half=Jet::<Interval>::real(Interval::point(0.5));
   let kk=Jet{value:k,slope:one};
   let c=|m:f64,l| Component{weight:Jet{value:half,slope:Jet::real(Interval::ZERO)},mean:Jet::real(Interval::point(m)),variance:Jet::real(Interval::ZERO),label:l};
   let line=Line::new(vec![c(1.0,0),c(-1.0,1)],kk.sqrt(),Jet::<Jet<Interval>>::real(Interval::ONE))?;
   let v=line.entropy_variance()?; Ok(Jet{value:v.slope.value,slope:v.slope.slope}) });
 println!("{r:?} {:?}",t.elapsed());
}
