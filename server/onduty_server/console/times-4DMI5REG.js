import{B as s,D as e,E as a,F as n,G as t,H as i,j as l,o as r,s as o,t as $,v as m,w as d,y as p,z as u}from"./chunk-BODJMZAL.js";import{a as c,b as h,e as b,h as f,i as g}from"./chunk-7V263WIB.js";import"./chunk-RLNKGPYT.js";import{b as k}from"./chunk-LJJJZZCD.js";import{$ as v,La as w,Z as y,e as j,ka as z,r as J}from"./chunk-2RMJNR7X.js";function N({wanted:t,isTable:i,frame:r,again:o,by:$}){let{range:p,zone:v}=t,w=e((s,e)=>l({...t,signal:s},$,e),[t.accountId,t.teamId,p.start,p.end,v,$,o],(s,e)=>({...s,rows:f(s.rows,e)})),z=w.found.value,N=j(()=>{let s=z?.rows??[];return"person"===$?g(s,y.value):s},[z,$,y.value]),T=b(N.map(({sums:s})=>s.times)),I=N.reduce((s,{sums:e})=>s+e.dropped,0),L=T.UNKNOWN===I?k().reasons.dropped:I?m({times:T,dropped:I}):k().unseenOrErased,Z=c.filter(s=>void 0!==h[s]||T[s]>0),x=`${p.start} ${p.end} ${t.teamId} ${$} ${i}`,B="person"===$?N.length:N[0]?.people??0,C=z?[k().people(B),z.isWhole?n(z,p,v):k().reading]:[];return J`${r(C,N.length>0&&(()=>s(N,v)))}
<${d} />
<${a} reading=${w} count=${N.length} range=${p} zone=${v} isCut=${z?.isCut} />
${N.length>0&&J`<div class="together"><span class="hint">${k().together}</span> <${u} kinds=${Z} times=${T} note=${L} /></div>
<${O} rows=${N} kinds=${Z} zone=${v} isTable=${i} by=${$} top=${x} />`}`}function O({rows:s,kinds:e,zone:a,isTable:n,by:l,top:d}){let u=Math.max(...s.map(({from:s,to:e,people:a})=>(e-s)*a)),c=["person"===l?{name:"person",label:k().person,isHead:!0,cell:s=>J`<${w} id=${s.id} name=${s.name} />`}:{name:"person",label:k().date,isHead:!0,cell:s=>function({from:s,to:e},a){let n=(e-s)/36e5;return J`${r(s,a)}${[23,25].includes(n)&&J` <span class="hint">${n} ${v().units.h}</span>`}`}(s,a)},...n?[..."person"===l?[{name:"in-team",label:k().team,cell:({team:s})=>z(s),title:({team:s})=>z(s)}]:[],...i(e,({sums:s})=>s.times),{name:"causes",label:k().causes,cell:({sums:s})=>$(s),title:({sums:s})=>$(s)}]:[{name:"strip",label:J`<span class="visually-hidden">${k().bars}</span>`,cell:({sums:s})=>J`<span class="visually-hidden">${o(s.times)}</span><${p} times=${s.times} whole=${u} note=${m(s)} />`},...i(e,({sums:s})=>s.times)]];return J`<div class="rows-frame" style=${{"--kinds":e.length}}>
<${t}
items=${s}
columns=${c}
keyOf=${e=>"day"===l?String(e.from):e.id||`erased ${s.indexOf(e)}`}
kind=${`${n?"tabled":"barred"} by-${l}`}
label=${k().views.time}
top=${d}
/>
</div>`}export{N as TimesView};