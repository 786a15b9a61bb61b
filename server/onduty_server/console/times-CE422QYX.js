import{B as s,D as e,E as a,F as n,G as t,H as i,j as l,o as r,s as o,t as $,v as m,w as d,y as p,z as u}from"./chunk-J45EPW5M.js";import{a as c,b as h,e as b,h as f,i as g}from"./chunk-Q2IH52LQ.js";import"./chunk-SUONVRRN.js";import{b as k}from"./chunk-BX7Q2DX5.js";import{$ as v,La as w,Z as y,e as j,ka as T,r as z}from"./chunk-GETTYKH7.js";function H({wanted:t,isTable:i,frame:r,again:o,by:$}){let{range:p,zone:v}=t,w=e((s,e)=>l({...t,signal:s},$,e),[t.accountId,t.teamId,p.start,p.end,v,$,o],(s,e)=>({...s,rows:f(s.rows,e)})),T=w.found.value,H=j(()=>{let s=T?.rows??[];return"person"===$?g(s,y.value):s},[T,$,y.value]),O=b(H.map(({sums:s})=>s.times)),E=H.reduce((s,{sums:e})=>s+e.dropped,0),I=O.UNKNOWN===E?k().reasons.dropped:E?m({times:O,dropped:E}):k().unseenOrErased,x=c.filter(s=>void 0!==h[s]||O[s]>0),Q=`${p.start} ${p.end} ${t.teamId} ${$} ${i}`,W="person"===$?H.length:H[0]?.people??0,B=T?[k().people(W),T.isWhole?n(T,p,v):k().reading]:[];return z`${r(B,H.length>0&&(()=>s(H,v)))}
<${d} />
<${a} reading=${w} count=${H.length} range=${p} zone=${v} isCut=${T?.isCut} />
${H.length>0&&z`<div class="together"><span class="hint">${k().together}</span> <${u} kinds=${x} times=${O} note=${I} /></div>
<${N} rows=${H} kinds=${x} zone=${v} isTable=${i} by=${$} top=${Q} />`}`}function N({rows:s,kinds:e,zone:a,isTable:n,by:l,top:d}){let u=Math.max(...s.map(({from:s,to:e,people:a})=>(e-s)*a)),c=["person"===l?{name:"person",label:k().person,isHead:!0,cell:s=>z`<${w} id=${s.id} name=${s.name} />`}:{name:"person",label:k().date,isHead:!0,cell:s=>function({from:s,to:e},a){let n=(e-s)/36e5;return z`${r(s,a)}${[23,25].includes(n)&&z` <span class="hint">${n} ${v().units.h}</span>`}`}(s,a)},...n?[..."person"===l?[{name:"in-team",label:k().team,cell:({team:s})=>T(s),title:({team:s})=>T(s)}]:[],...i(e,({sums:s})=>s.times),{name:"causes",label:k().causes,cell:({sums:s})=>$(s),title:({sums:s})=>$(s)}]:[{name:"strip",label:z`<span class="visually-hidden">${k().bars}</span>`,cell:({sums:s})=>z`<span class="visually-hidden">${o(s.times)}</span><${p} times=${s.times} whole=${u} note=${m(s)} />`},...i(e,({sums:s})=>s.times)]];return z`<div class="rows-frame" style=${{"--kinds":e.length}}>
<${t}
items=${s}
columns=${c}
keyOf=${e=>"day"===l?String(e.from):e.id||`erased ${s.indexOf(e)}`}
kind=${`${n?"tabled":"barred"} by-${l}`}
label=${k().views.time}
top=${d}
/>
</div>`}export{H as TimesView};